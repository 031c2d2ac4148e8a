package node

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
)

// tallies are what a node's heartbeats tell of its work.
type tallies struct {
	mu       sync.Mutex // guards all below
	quorums  uint64
	refusals uint64
	lastRow  consensus.Round
	store    string
	learnt   time.Time // when store was read
}

// note takes in a step of a price.
func (t *tallies) note(e Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch e.Step {
	case Quorum:
		t.quorums++
	case Refused:
		t.refusals++
	case Stored:
		t.lastRow = max(t.lastRow, e.Observation.Round)
	case Fetched, Proposed, Signed, Convicted:
	}
}

func (t *tallies) tell(d *consensus.Details) {
	t.mu.Lock()
	defer t.mu.Unlock()
	d.Quorums, d.Refusals, d.LastRow, d.Store = t.quorums, t.refusals, t.lastRow, t.store
}

// relearn is how long a store's id counts: another one may take the store's place.
const relearn = time.Hour

// identified is a price store with an id by which nodes know that they share it.
type identified interface {
	ID(ctx context.Context) (string, error)
}

// learnStore reads the price store's id, unless it was read lately. It is called when the store has just answered.
func (n *Node) learnStore(ctx context.Context) {
	t := &n.pulse.tallies
	t.mu.Lock()
	known := t.store != "" && time.Since(t.learnt) < relearn
	t.mu.Unlock()
	prices, ok := n.prices.(identified)
	if !ok || known {
		return
	}
	id, err := prices.ID(ctx)
	if err != nil {
		n.log.Debug("read the price store's id", "err", err)
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.store, t.learnt = label(id), time.Now()
}

// label makes a text fit for a heartbeat.
func label(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, text)
	return text[:min(len(text), consensus.MaxLabel)]
}
