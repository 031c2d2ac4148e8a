package node

import (
	"context"
	"strings"
	"sync"

	"github.com/gossip-price/gossip-price/consensus"
)

// tallies are what a node's heartbeats tell of its work.
type tallies struct {
	mu       sync.Mutex // guards all below
	quorums  uint64
	refusals uint64
	lastRow  consensus.Round
	store    string
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

// learnStore reads the price store's id: nodes that see the same one share the store.
func (n *Node) learnStore(ctx context.Context) error {
	id, err := n.prices.ID(ctx)
	if err != nil {
		return err
	}
	n.writing.SetStore(id)
	t := &n.pulse.tallies
	t.mu.Lock()
	defer t.mu.Unlock()
	t.store = label(id)
	return nil
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
