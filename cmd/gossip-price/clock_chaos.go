//go:build chaos

package main

import (
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// rereadClock is how often the offset is read again at most.
const rereadClock = 100 * time.Millisecond

// wallClock returns a clock that is off by as many milliseconds as the file says that CHAOS_CLOCKFILE names, at any moment;
// by none where there is no such file. Only test/chaos builds it in.
func wallClock() func() time.Time {
	file := os.Getenv("CHAOS_CLOCKFILE")
	var mu sync.Mutex
	var offset time.Duration
	var read time.Time
	return func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		now := time.Now()
		if now.Sub(read) >= rereadClock {
			read, offset = now, readOffset(file)
		}
		return now.Add(offset)
	}
}

func readOffset(file string) time.Duration {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0
	}
	millis, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil {
		return 0
	}
	return time.Duration(millis) * time.Millisecond
}
