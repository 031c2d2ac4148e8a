package consensus

import (
	"maps"
	"time"

	"github.com/gossip-price/gossip-price/consensus/signing"
)

// heardRounds is for how many rounds a member of whom nothing is heard counts as alive.
const heardRounds = 2

// hear notes that a signer's attestation has come just now: it is alive and, if it was to co-sign at once, that is how
// long a stage must last. In an open network there are no ranks. Called with mu held.
func (e *Engine) hear(t *tally, signer signing.Address, now time.Time) {
	if e.policy.Roster.Open() {
		return
	}
	r := t.observation.Round
	if e.heard[r] == nil {
		e.heard[r] = make(map[signing.Address]struct{})
	}
	e.heard[r][signer] = struct{}{}
	if signer != e.policy.Self && t.ranking.asks(signer, e.policy.Quorum-1) {
		e.pace.note(now.Sub(t.stages.first))
	}
}

// forgetHeard forgets who was heard of in rounds that no ranking looks at any more: those are the rounds of observations
// that may still enter, and the heardRounds before them. Called with mu held.
func (e *Engine) forgetHeard(now time.Time) {
	oldest, newest := now.Add(-e.policy.Skew-(heardRounds+1)*e.policy.Interval), now.Add(e.policy.Skew)
	maps.DeleteFunc(e.heard, func(r Round, _ map[signing.Address]struct{}) bool {
		return r.Start().Before(oldest) || r.Start().After(newest)
	})
}
