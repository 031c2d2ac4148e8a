package scale_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/node"
)

// heard is what happened to one price on one node.
type heard struct {
	id   string // short
	node int
}

// ear hears what the nodes tell, by events and by their logs.
type ear struct {
	mu       sync.Mutex // guards all below
	proposed map[string]proposal
	messages map[string]int      // published, by price
	arrived  map[heard]time.Time // when the node first knew of it
	quorums  map[heard]time.Time
	trouble  map[string]int // warnings and errors
}

type proposal struct {
	by    int
	round consensus.Round
	at    time.Time
}

func newEar() *ear {
	return &ear{
		proposed: make(map[string]proposal), messages: make(map[string]int),
		arrived: make(map[heard]time.Time), quorums: make(map[heard]time.Time), trouble: make(map[string]int),
	}
}

func (e *ear) told() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return fmt.Sprint("warnings: ", e.trouble)
}

// observer returns what a node tells its events.
func (e *ear) observer(by int) func(node.Event) {
	return func(ev node.Event) {
		e.mu.Lock()
		defer e.mu.Unlock()
		id, now := ev.ID.Short(), time.Now()
		switch ev.Step {
		case node.Proposed:
			e.proposed[id] = proposal{by, ev.Observation.Round, now}
			e.messages[id]++
		case node.Signed:
			e.messages[id]++
		case node.Quorum:
			e.quorums[heard{id, by}] = now
		}
	}
}

// log is a node's slog.Handler: from it the ear learns when a report arrived, and what went wrong.
type log struct {
	*ear
	node int
}

// Enabled leaves out what is told by events.
func (l log) Enabled(_ context.Context, level slog.Level) bool {
	return level == slog.LevelDebug || level >= slog.LevelWarn
}

// Handle takes in a line.
func (l log) Handle(_ context.Context, r slog.Record) error {
	if r.Level >= slog.LevelWarn {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.trouble[r.Message]++
		return nil
	}
	if r.Message != "report received" {
		return nil
	}
	var id string
	accepted := false
	r.Attrs(func(a slog.Attr) bool {
		switch a.Key {
		case "id":
			id = a.Value.String()
		case "outcome":
			accepted = a.Value.String() == string(consensus.Accepted)
		}
		return true
	})
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, known := l.arrived[heard{id, l.node}]; accepted && !known {
		l.arrived[heard{id, l.node}] = time.Now()
	}
	return nil
}

// WithAttrs and WithGroup change nothing: the node is known.
func (l log) WithAttrs([]slog.Attr) slog.Handler { return l }

// WithGroup changes nothing.
func (l log) WithGroup(string) slog.Handler { return l }
