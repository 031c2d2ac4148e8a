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
	refused  []refusedPrice // at most consensus.MaxRefused, the newest last

	tellRefused time.Duration // for how long after its start heartbeats tell of a round's refusals
}

// refusedPrice is a refusal that heartbeats tell of.
type refusedPrice struct {
	consensus.RefusedPrice
	round consensus.Round
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
		told := consensus.RefusedPrice{ID: consensus.ShortIDOf(e.ID), Reason: e.Refusal}
		t.refused = append(t.refused, refusedPrice{told, e.Observation.Round})
		t.refused = t.refused[max(0, len(t.refused)-consensus.MaxRefused):]
	case Stored:
		t.lastRow = max(t.lastRow, e.Observation.Round)
	case Fetched, Proposed, Signed, Convicted:
	}
}

func (t *tallies) tell(d *consensus.Details, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	d.Quorums, d.Refusals, d.LastRow, d.Store = t.quorums, t.refusals, t.lastRow, t.store
	for _, r := range t.refused {
		if now.Before(r.round.Start().Add(t.tellRefused)) {
			d.Refused = append(d.Refused, r.RefusedPrice)
		}
	}
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
