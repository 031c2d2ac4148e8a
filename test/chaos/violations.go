package main

import (
	"fmt"
	"slices"
	"sync"
)

// maxViolations bounds those that are kept; the first tell most.
const maxViolations = 500

// violations collects what must never be.
type violations struct {
	mu    sync.Mutex
	list  []string
	count int
	tell  func(string)
}

// add notes that an invariant did not hold. The same words twice count once.
func (v *violations) add(invariant, detail string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	text := fmt.Sprintf("%s: %s", invariant, detail)
	if slices.Contains(v.list, text) {
		return
	}
	v.count++
	if len(v.list) < maxViolations {
		v.list = append(v.list, text)
	}
	if v.tell != nil {
		v.tell("VIOLATION " + text)
	}
}

func (v *violations) all() (list []string, count int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.list), v.count
}
