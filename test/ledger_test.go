package test_test

import (
	"fmt"
	"sync"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/node"
)

// note is one event with who told it and when, on the clock of the test.
type note struct {
	node.Event
	at time.Time
	by signing.Address
}

// ledger holds every event that any node told.
type ledger struct {
	mu    sync.Mutex
	notes []note
}

func (l *ledger) observe(by signing.Address) func(node.Event) {
	return func(e node.Event) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.notes = append(l.notes, note{e, time.Now(), by})
	}
}

// find returns the events of a step that meet all conditions, in the order in which they were told.
func (l *ledger) find(step node.Step, conditions ...func(note) bool) []note {
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []note
next:
	for _, n := range l.notes {
		if n.Step != step {
			continue
		}
		for _, ok := range conditions {
			if !ok(n) {
				continue next
			}
		}
		found = append(found, n)
	}
	return found
}

// told, of, about and since are conditions.
func told(by *seat) func(note) bool {
	return func(n note) bool { return n.by == by.key.Address() }
}

func of(proposer *seat) func(note) bool {
	return func(n note) bool { return n.Observation.Proposer == proposer.key.Address() }
}

func about(round consensus.Round) func(note) bool {
	return func(n note) bool { return n.Observation.Round == round }
}

func since(t time.Time) func(note) bool {
	return func(n note) bool { return !n.at.Before(t) }
}

// firsts returns when each price was first told to have taken the step.
func (l *ledger) firsts(step node.Step) map[signing.Digest]time.Time {
	first := make(map[signing.Digest]time.Time)
	for _, n := range l.find(step) {
		if _, ok := first[n.ID]; !ok {
			first[n.ID] = n.at
		}
	}
	return first
}

// latency tells how long prices took from the proposal to the quorum, on the first node and on the last.
func (l *ledger) latency() string {
	proposed, quorums := l.firsts(node.Proposed), l.find(node.Quorum)
	var first, last time.Duration
	for id, at := range l.firsts(node.Quorum) {
		if since, ok := proposed[id]; ok {
			first = max(first, at.Sub(since))
		}
	}
	for _, n := range quorums {
		if since, ok := proposed[n.ID]; ok {
			last = max(last, n.at.Sub(since))
		}
	}
	return fmt.Sprintf("%d prices, %d quorums told; slowest quorum %v on the first node, %v on the last",
		len(proposed), len(quorums), first, last)
}
