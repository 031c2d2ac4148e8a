package load_test

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node"
)

// market is a source in memory: one price, while it is open.
type market struct{ open atomic.Bool }

// Fetch implements the nodes' source.
func (m *market) Fetch(ctx context.Context, pair price.Pair) (price.Quote, error) {
	if !m.open.Load() {
		<-ctx.Done() // until the end of the round
		return price.Quote{}, ctx.Err()
	}
	p, err := price.Parse("3270.54")
	return price.Quote{Pair: pair, Price: p, At: time.Now().UTC()}, err
}

// maxTimes bounds the times that are kept: of longer runs the last ones.
const maxTimes = 100_000

// tally counts what the nodes tell.
type tally struct {
	mu      sync.Mutex
	open    map[signing.Digest]passage // proposed and not yet stored
	times   []time.Duration            // from proposal to row; a ring of maxTimes
	stored  int                        // prices
	signed  int                        // co-signatures
	written int                        // rows that nodes sent to the store, those that were there among them
}

// passage is a price on its way.
type passage struct {
	began  time.Time
	quorum bool
}

func newTally() *tally { return &tally{open: make(map[signing.Digest]passage)} }

// take is the nodes' observer.
func (c *tally) take(e node.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, open := c.open[e.ID]
	switch e.Step {
	case node.Proposed:
		c.open[e.ID] = passage{began: time.Now()}
	case node.Signed:
		c.signed++
	case node.Quorum:
		if open {
			c.open[e.ID] = passage{p.began, true}
		}
	case node.Stored:
		if !e.ByOther {
			c.written++
		}
		if !open {
			return
		}
		delete(c.open, e.ID)
		if c.stored < maxTimes {
			c.times = append(c.times, time.Since(p.began))
		} else {
			c.times[c.stored%maxTimes] = time.Since(p.began)
		}
		c.stored++
	}
}

// counts are a tally's at one moment; full are the prices with a quorum that are not stored yet.
type counts struct{ proposed, full, stored, signed, written int }

func (c *tally) counts() counts {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := counts{proposed: len(c.open) + c.stored, stored: c.stored, signed: c.signed, written: c.written}
	for _, p := range c.open {
		if p.quorum {
			n.full++
		}
	}
	return n
}

func (n counts) since(before counts) counts {
	return counts{
		proposed: n.proposed - before.proposed, stored: n.stored - before.stored,
		signed: n.signed - before.signed, written: n.written - before.written,
	}
}

// quantile returns a quantile of the times from proposal to row.
func (c *tally) quantile(q float64) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.times) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(c.times))
	return sorted[int(q*float64(len(sorted)-1))].Round(time.Millisecond)
}
