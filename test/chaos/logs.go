package main

import (
	"encoding/json"
	"strings"
	"sync"
	"time"

	"github.com/gossip-price/gossip-price/global/price"
)

const (
	// maxLine bounds a line of a log, in bytes.
	maxLine = 1 << 20
	// maxKindsOfLines bounds the different complaints that are counted.
	maxKindsOfLines = 200
)

// logs reads what services log.
type logs struct {
	ledger     *ledger
	violations *violations

	mu         sync.Mutex
	complaints map[string]int // how often each was logged, at Warn and above
}

// disasters are what no service may ever log.
func disasters() []string {
	return []string{"panic:", "fatal error:", "DATA RACE", "[signal SIG", "duplicate key"}
}

// record is what is of interest in a node's line.
type record struct {
	Level    string     `json:"level"`
	Msg      string     `json:"msg"`
	ID       string     `json:"id"`
	Pair     price.Pair `json:"pair"`
	Round    uint64     `json:"round"`
	Proposer string     `json:"proposer"`
}

// line takes a line of a service.
func (l *logs) line(service string, at time.Time, text string) {
	for _, word := range disasters() {
		if strings.Contains(text, word) {
			l.violations.add("no panic, no race, no duplicate key", service+": "+text)
		}
	}
	var r record
	if json.Unmarshal([]byte(text), &r) != nil {
		return // the database's, or the last words of a node
	}
	if r.Msg == "price quorum" {
		l.ledger.verified(service, at, certificate{place{r.Pair, r.Round, r.Proposer}, r.ID})
	}
	if r.Level == "WARN" || r.Level == "ERROR" {
		l.complain(r.Level + " " + r.Msg)
	}
}

func (l *logs) complain(what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, known := l.complaints[what]; known || len(l.complaints) < maxKindsOfLines {
		l.complaints[what]++
	}
}
