package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// The words of the event log.
const (
	eventPlan      = "plan"  // the run that is to be
	eventFault     = "fault" // one that is to be; plan and faults are what a replay reads
	eventBegin     = "begin"
	eventEnd       = "end"
	eventRecovered = "recovered"
	eventViolation = "violation"
	eventNote      = "note"
	eventResult    = "result"
)

// event is a line of the event log.
type event struct {
	Event     string    `json:"event"`
	Time      time.Time `json:"time,omitzero"`
	Seed      uint64    `json:"seed,omitempty"`
	Minutes   float64   `json:"minutes,omitempty"`
	Fault     *fault    `json:"fault,omitempty"`
	Detail    string    `json:"detail,omitempty"`
	Ready     string    `json:"ready,omitempty"`
	Quorum    string    `json:"quorum,omitempty"`
	Stored    string    `json:"stored,omitempty"`
	Overtaken bool      `json:"overtaken,omitempty"`
}

// eventLog writes events, one a line.
type eventLog struct {
	mu  sync.Mutex
	out io.Writer
}

func (l *eventLog) write(e event) {
	if e.Event != eventPlan && e.Event != eventFault {
		e.Time = time.Now().UTC().Truncate(time.Millisecond)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = json.NewEncoder(l.out).Encode(e) // the run goes on without its log
}

// plan writes what is to be.
func (l *eventLog) plan(seed uint64, minutes float64, faults []fault) {
	l.write(event{Event: eventPlan, Seed: seed, Minutes: minutes})
	for _, f := range faults {
		l.write(event{Event: eventFault, Fault: &f})
	}
}

// readPlan reads the plan of an event log.
func readPlan(file string) (seed uint64, minutes float64, faults []fault, err error) {
	f, err := os.Open(file)
	if err != nil {
		return 0, 0, nil, fmt.Errorf("read plan: %w", err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return 0, 0, nil, fmt.Errorf("read plan: %w", err)
		}
		switch {
		case e.Event == eventPlan:
			seed, minutes = e.Seed, e.Minutes
		case e.Event == eventFault && e.Fault != nil:
			faults = append(faults, *e.Fault)
		}
	}
	if minutes <= 0 && lines.Err() == nil {
		return 0, 0, nil, errors.New("read plan: no line of the event plan")
	}
	return seed, minutes, faults, lines.Err()
}
