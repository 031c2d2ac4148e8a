package consensus

import (
	"time"

	"github.com/gossip-price/gossip-price/global/price"
)

// Proposes tells whether this node is to propose for a pair and round, and nothing is known that it has already proposed.
func (e *Engine) Proposes(pair price.Pair, round Round) bool {
	e.mu.Lock()
	_, taken := e.places[place{slot{pair, round}, e.policy.Self}]
	e.mu.Unlock()
	return !taken && e.policy.Roster.Proposes(e.policy.Self, pair, round, e.policy.Proposers)
}

// Observation returns what this node proposes for a round on the ground of its own price.
func (e *Engine) Observation(q price.Quote, round Round) Observation {
	return Observation{
		Pair:       q.Pair,
		Price:      q.Price,
		Round:      round,
		ObservedAt: MillisOf(q.At),
		Proposer:   e.policy.Self,
	}
}

// maxOffset bounds how far into a round a node fetches (section 3.2).
const maxOffset = 2 * time.Second

// FetchOffset returns how long after a round's start this node fetches: from its address, so that the nodes of a
// network don't ask the source all at once; at most a tenth of the interval and maxOffset.
func (p *Policy) FetchOffset() time.Duration {
	span := min(p.Interval/10, maxOffset)
	return span * time.Duration(p.Self[19]) / 255
}
