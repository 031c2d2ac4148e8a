package vitals

import (
	"slices"
	"sync"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

// maxOwn bounds the proposals of the node's own that are remembered, the last ones.
const maxOwn = 8

// Progress is how far prices came lately.
type Progress struct {
	Missed int // closed rounds in a row without a quorum, of the pair that misses most
	Pair   price.Pair
	Last   consensus.Round // of the newest quorum; 0: none

	Own        int // prices that this node proposed lately, in rounds that are over
	OwnReached int // those of them that reached their quorum

	Idle time.Duration // since a price was last known to be stored, or since the first look
}

// Course follows which rounds reach a quorum. It counts those that began while nothing else kept prices from it: what does
// is told by its own check. It is safe for concurrent use, and holds a round a pair and maxOwn proposals.
type Course struct {
	interval time.Duration
	grace    time.Duration // after a round's end, in which a quorum may still come
	pairs    []price.Pair

	mu   sync.Mutex // guards all below
	from consensus.Round
	last map[price.Pair]consensus.Round
	own  []proposal

	stored bool      // a price since the last look
	idle   time.Time // the last look before which one was; zero: none was made
}

// proposal is a price of this node's own.
type proposal struct {
	id      signing.Digest
	round   consensus.Round
	reached bool
}

// NewCourse returns a course of the policy's pairs on which nothing has happened.
func NewCourse(p *consensus.Policy) *Course {
	return &Course{
		interval: p.Interval, grace: 2 * p.Skew, pairs: p.Pairs, last: make(map[price.Pair]consensus.Round, len(p.Pairs)),
	}
}

// Proposed notes a price of the node's own.
func (c *Course) Proposed(id signing.Digest, o consensus.Observation) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.own = append(c.own[max(0, len(c.own)-maxOwn+1):], proposal{id: id, round: o.Round})
}

// Reached notes a price that has reached its quorum.
func (c *Course) Reached(id signing.Digest, o consensus.Observation) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last[o.Pair] = max(c.last[o.Pair], o.Round)
	for i := range c.own {
		c.own[i].reached = c.own[i].reached || c.own[i].id == id
	}
}

// Stored notes that a price is known to be in the price store.
func (c *Course) Stored() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stored = true
}

// Look returns how far prices have come. able tells whether nothing else keeps them from a quorum at present.
func (c *Course) Look(now time.Time, able bool) Progress {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !able || c.from == 0 {
		c.own = slices.DeleteFunc(c.own, func(p proposal) bool { return !p.reached })
		c.from = consensus.RoundAt(now, c.interval) + c.step() // the first whole one
	}
	over := consensus.RoundAt(now.Add(-c.grace), c.interval) // this one and later ones are not over
	if c.stored || c.idle.IsZero() || now.Before(c.idle) {   // or the clock was set back
		c.stored, c.idle = false, now
	}
	p := Progress{Idle: now.Sub(c.idle)}
	for _, pair := range c.pairs {
		p.Last = max(p.Last, c.last[pair])
		first := c.from
		if last := c.last[pair]; last > 0 {
			first = max(first, last+c.step())
		}
		if missed := (int64(over) - int64(first)) / int64(c.step()); missed > int64(p.Missed) { //nolint:gosec // both are seconds since 1970
			p.Missed, p.Pair = int(missed), pair
		}
	}
	for _, own := range c.own {
		if own.round >= over {
			continue
		}
		p.Own++
		if own.reached {
			p.OwnReached++
		}
	}
	return p
}

func (c *Course) step() consensus.Round { return consensus.Round(c.interval / time.Second) }
