package consensus

import (
	"time"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

// Decision is what a node does about one observation, decided once: it co-signs, or refuses for a reason.
type Decision struct {
	ID          signing.Digest
	Observation Observation
	Refusal     Refusal     // empty: co-sign
	Own         price.Quote // what the decision rests on; zero if there was no price
}

// Decide returns the decisions that are due, each once, and the pairs whose price must be fetched before more can be
// decided. A node stands only for what it saw itself, never signs once quorum is known, never signs two observations of
// one proposer for a pair and round, and neither where it knows that there are two (section 3.5). The caller journals a
// co-signature before it signs.
func (e *Engine) Decide(now time.Time) (decisions []Decision, wanted []price.Pair) {
	e.mu.Lock()
	defer e.mu.Unlock()
	missing := make(map[price.Pair]struct{})
	for o, t := range e.undecided {
		if e.exempt(t) {
			e.decided(t)
			continue
		}
		d := Decision{ID: t.id, Observation: o}
		own, fresh := e.ownPrice(o)
		fault := e.fault(o, now)
		switch {
		case fault != "":
			d.Refusal = fault
		case fresh && o.Price.Within(own.Price, e.policy.MaxDeviation):
			d.Own = own
		case fresh:
			d.Own, d.Refusal = own, RefusedDeviation
		case now.After(o.ObservedAt.Time().Add(e.policy.Freshness)):
			d.Refusal = RefusedNoPrice
		case now.Before(o.ObservedAt.Time().Add(-e.policy.Freshness)):
			continue // from a clock that is ahead: a price fetched now would be too old for it
		default:
			missing[o.Pair] = struct{}{}
			continue
		}
		e.decided(t)
		decisions = append(decisions, d)
	}
	for pair := range missing {
		wanted = append(wanted, pair)
	}
	return decisions, wanted
}

// exempt tells whether there is nothing to decide: the node has no voice, has spoken, or is not needed.
func (e *Engine) exempt(t *tally) bool {
	return t.complete() || t.knows(e.policy.Self) || !e.policy.Roster.Contains(e.policy.Self)
}

func (e *Engine) decided(t *tally) { delete(e.undecided, t.observation) }

// ownPrice returns the last own price of the observation's pair, and whether it was fetched close enough to it.
func (e *Engine) ownPrice(o Observation) (price.Quote, bool) {
	own, ok := e.quotes[o.Pair]
	if !ok {
		return price.Quote{}, false
	}
	return own, own.At.Sub(o.ObservedAt.Time()).Abs() <= e.policy.Freshness
}

// Reconsider takes back a decision that could not be carried out: Decide will return it again.
func (e *Engine) Reconsider(d Decision) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if t, held := e.tallies[d.Observation]; held {
		e.undecided[d.Observation] = t
	}
}

// Observe takes the node's own price of a pair.
func (e *Engine) Observe(q price.Quote) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.quotes[q.Pair] = q
}
