package consensus

import (
	"bytes"
	"cmp"
	"slices"
	"time"
)

// Live returns what is known of the observations that can still enter elsewhere, the newest first: what a node that comes
// has missed and can still use. Those whose proposer is convicted are left out: such a node may not know it, and learns
// both or neither.
func (e *Engine) Live(now time.Time) []Report {
	return e.reports(func(o Observation, _ *tally) bool { return e.enterable(o, now) && !e.isConvicted(placeOf(o)) })
}

// Own returns what is known of the observations that can still enter elsewhere and that carry this node's attestation. A
// node that has lost what it had signed learns it so from others.
func (e *Engine) Own(now time.Time) []Report {
	return e.reports(func(o Observation, t *tally) bool { return e.enterable(o, now) && t.knows(e.policy.Self) })
}

// enterable tells whether the time is not over in which an observation may enter, on a clock that is right.
func (e *Engine) enterable(o Observation, now time.Time) bool {
	return !now.After(e.policy.end(o.Round).Add(e.policy.Skew))
}

// reports returns what is known of the chosen observations, the newest first.
func (e *Engine) reports(choose func(Observation, *tally) bool) []Report {
	e.mu.Lock()
	defer e.mu.Unlock()
	var reports []Report
	for o, t := range e.tallies {
		if choose(o, t) {
			reports = append(reports, t.report(e.policy.Network))
		}
	}
	slices.SortFunc(reports, func(a, b Report) int {
		return cmp.Or(cmp.Compare(b.Observation.Round, a.Observation.Round),
			cmp.Compare(b.Observation.ObservedAt, a.Observation.ObservedAt),
			bytes.Compare(a.Observation.Proposer[:], b.Observation.Proposer[:]))
	})
	return reports
}
