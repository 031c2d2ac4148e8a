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

// Decide returns the decisions that are due, each once, the pairs whose price must be fetched before more can be
// decided, and the instant at which to ask again because another stage of co-signing ends: zero if nothing waits for
// one. A node stands only for what it saw itself, signs in its turn alone and never once quorum is known, never signs
// two observations of one proposer for a pair and round, and neither where it knows that there are two (section 3.5).
// It refuses in its turn too: before, nobody has asked it. The caller journals a co-signature before it signs.
func (e *Engine) Decide(now time.Time) (decisions []Decision, wanted []price.Pair, again time.Time) {
	e.rankNew(now)
	e.mu.Lock()
	defer e.mu.Unlock()
	missing := make(map[price.Pair]struct{})
	for _, t := range e.undecided {
		if e.exempt(t) {
			e.decided(t)
			continue
		}
		if e.look(t, now) {
			missing[t.observation.Pair] = struct{}{}
		}
		if ours, until := e.turn(t, now); !ours {
			if again.IsZero() || until.Before(again) {
				again = until
			}
			continue
		}
		if d, ok := e.judge(t, now); ok {
			e.decided(t)
			decisions = append(decisions, d)
		}
	}
	for pair := range missing {
		wanted = append(wanted, pair)
	}
	return decisions, wanted, again
}

// look takes the own price by which an observation will be judged, also while it is not this node's turn: in its turn
// there may be a later one, which says less. It tells whether one must be fetched: not from a clock that is ahead, for
// which a price fetched now would be too old, nor when it is too late. Called with mu held.
func (e *Engine) look(t *tally, now time.Time) (wanted bool) {
	seen := t.observation.ObservedAt.Time()
	if t.own.Price.IsZero() {
		if own, ok := e.quotes[t.observation.Pair]; ok && own.At.Sub(seen).Abs() <= e.policy.Freshness {
			t.own = own
		}
	}
	return t.own.Price.IsZero() && now.Sub(seen).Abs() <= e.policy.Freshness && e.fault(t.observation, now) == ""
}

// judge decides about an observation, unless its price may still come. Called with mu held.
func (e *Engine) judge(t *tally, now time.Time) (_ Decision, ok bool) {
	d := Decision{ID: t.id, Observation: t.observation}
	fault := e.fault(t.observation, now)
	switch {
	case fault != "":
		d.Refusal = fault
	case t.own.Price.IsZero():
		d.Refusal = RefusedNoPrice
		return d, now.After(t.observation.ObservedAt.Time().Add(e.policy.Freshness))
	default:
		d.Own = t.own
		if !d.Observation.Price.Within(d.Own.Price, e.policy.MaxDeviation) {
			d.Refusal = RefusedDeviation
		}
	}
	return d, true
}

// exempt tells whether there is nothing to decide: the node has no voice, has spoken, or is not needed.
func (e *Engine) exempt(t *tally) bool {
	return t.complete() || t.knows(e.policy.Self) || !e.policy.Roster.Contains(e.policy.Self)
}

func (e *Engine) decided(t *tally) { delete(e.undecided, t.observation) }

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

// Disown forgets the node's own prices: the clock that stamped them is wrong, so nothing may be judged by them.
func (e *Engine) Disown() {
	e.mu.Lock()
	defer e.mu.Unlock()
	clear(e.quotes)
	for _, t := range e.undecided {
		t.own = price.Quote{}
	}
}
