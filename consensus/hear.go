package consensus

import (
	"maps"
	"slices"
	"time"

	"github.com/gossip-price/gossip-price/consensus/signing"
)

const (
	// heardRounds is for how many rounds a member of whom nothing is heard counts as alive.
	heardRounds = 2
	// passedMemory is how many rounds back one must look for what is not in Engine.reluctant yet.
	passedMemory = heardRounds + 2
	// secondChance is one in how many observations of which a reluctant member is ranked as the willing are.
	secondChance = 16
)

// conduct is what was seen of a member in the observations of one round.
type conduct struct {
	heard    bool // an attestation of it came, or its proposal
	cosigned bool
	passed   bool // it was to sign at once and did not, but others did
}

// hear notes that a signer's attestation has come just now: it is alive and, if it was to co-sign at once, that is how
// long a stage must last. In an open network there are no ranks. Called with mu held.
func (e *Engine) hear(t *tally, signer signing.Address, now time.Time) {
	if e.policy.Roster.Open() {
		return
	}
	e.see(t, signer, conduct{heard: true, cosigned: signer != t.observation.Proposer})
	if signer != e.policy.Self && t.ranking.asks(signer, e.policy.Quorum-1) {
		e.pace.note(now.Sub(t.stages.first))
	}
}

// miss notes who was to co-sign at once an observation that has its quorum now, had a whole stage for it, and did not.
// Called with mu held.
func (e *Engine) miss(t *tally) {
	if t.stages.passed == 0 {
		return // others were faster, which is no fault: or whoever holds a quorum of keys could have all others ranked last
	}
	for _, a := range t.ranking.first(e.policy.Quorum - 1) {
		if !t.knows(a) {
			e.see(t, a, conduct{passed: true})
		}
	}
}

// see adds to what was seen of a member in the observation's round. Called with mu held.
func (e *Engine) see(t *tally, a signing.Address, c conduct) {
	r := t.observation.Round
	if e.heard[r] == nil {
		e.heard[r] = make(map[signing.Address]conduct)
	}
	was := e.heard[r][a]
	e.heard[r][a] = conduct{was.heard || c.heard, was.cosigned || c.cosigned, was.passed || c.passed}
}

// willing tells whether a member, when it was last seen before the round to sign or to pass, signed. Called with mu held.
func (e *Engine) willing(a signing.Address, r Round) bool {
	step := Round(e.policy.Interval / time.Second)
	for i := range Round(passedMemory) {
		switch c := e.heard[r-(i+1)*step][a]; {
		case c.cosigned:
			return true
		case c.passed:
			return false
		}
	}
	_, reluctant := e.reluctant[a]
	return !reluctant
}

// forgetHeard forgets what was seen in rounds that no ranking looks at any more, but for who passed: those are the rounds of
// observations that may still enter, and the heardRounds before them. Called with mu held.
func (e *Engine) forgetHeard(now time.Time) {
	oldest, newest := now.Add(-e.policy.Skew-(heardRounds+1)*e.policy.Interval), now.Add(e.policy.Skew)
	for _, r := range slices.Sorted(maps.Keys(e.heard)) {
		if r.Start().After(newest) { // the clock was set back
			delete(e.heard, r)
		}
		if !r.Start().Before(oldest) {
			continue
		}
		for a, c := range e.heard[r] {
			switch {
			case c.cosigned:
				delete(e.reluctant, a)
			case c.passed:
				e.reluctant[a] = struct{}{}
			}
		}
		delete(e.heard, r)
	}
}
