package consensus

import (
	"time"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

// ReceiveEvidence validates evidence that a peer sent and convicts the proposer's place, in one step, before it is
// passed on: all or nothing. One pair of reports convicts a place; any further one is a Duplicate whose signatures are
// not looked at, so what a proposer can make others pass on is bounded however much it signs. Change.Evidence is set if
// it was Accepted, and Change.Observation is the first one of the two (section 3.8).
func (e *Engine) ReceiveEvidence(data []byte, now time.Time) Change {
	v, err := DecodeEvidence(data)
	if err != nil {
		return Change{Outcome: Malformed}
	}
	return e.commitEvidence(v, e.verifyEvidence(v, now), now)
}

// verifyEvidence does all checks, those of the signatures outside the lock.
func (e *Engine) verifyEvidence(v Evidence, now time.Time) Outcome {
	e.mu.Lock()
	outcome, unverified := e.screenEvidence(v, now)
	var checks []*check
	for _, r := range unverified {
		checks = append(checks, e.checksOf(r.Observation, r.Attestations[:1])...)
	}
	e.mu.Unlock()
	for _, c := range checks {
		if !e.verified(c, e.hasher.Digest(c.observation)) {
			return BadSignature
		}
	}
	return outcome
}

// commitEvidence convicts on evidence whose signatures are good, unless other evidence was faster.
func (e *Engine) commitEvidence(v Evidence, outcome Outcome, now time.Time) Change {
	e.mu.Lock()
	defer e.mu.Unlock()
	c := Change{Outcome: outcome, Observation: v.First.Observation}
	if outcome == Accepted {
		c.Outcome, _ = e.screenEvidence(v, now)
	}
	if c.Outcome == Accepted {
		e.convict(v, now)
		c.Evidence = &v
	}
	return c
}

// screenEvidence does all checks but the signatures', cheap before dear, and returns the reports whose signature was not
// verified yet. Called with mu held.
func (e *Engine) screenEvidence(v Evidence, now time.Time) (outcome Outcome, unverified []Report) {
	p, early := placeOf(v.First.Observation), v.First.Observation.Round.Start().Add(-e.policy.Skew)
	_, served := e.hasher.pairs[p.pair]
	switch {
	case v.First.Network != e.policy.Network:
		return ForeignNetwork, nil
	case !served:
		return UnknownPair, nil
	case !p.round.Aligned(e.policy.Interval):
		return Misaligned, nil
	case now.Before(early) || !now.Before(e.policy.forgetAt(p.round)):
		return Stale, nil
	case !e.policy.Roster.Contains(p.proposer):
		return UnknownProposer, nil
	case e.isConvicted(p):
		return Duplicate, nil
	case !e.mayConvict(p):
		return TooManyProposers, nil
	}
	for _, r := range []Report{v.First, v.Second} {
		t, held := e.tallies[r.Observation]
		if a := r.Attestations[0]; !held || t.signers[a.Signer] != a.Signature {
			unverified = append(unverified, r)
		}
	}
	return Accepted, unverified
}

// RestoreEvidence takes evidence that the journal kept, before anything is received; its signatures were verified
// before. What is of another network, against a proposer that the roster has lost, or from a future that a clock set
// back has made, is left to the journal alone.
func (e *Engine) RestoreEvidence(kept []Evidence, now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, v := range kept {
		o := v.First.Observation
		early := now.Before(o.Round.Start().Add(-e.policy.Skew))
		if !early && v.First.Network == e.policy.Network && e.policy.Roster.Contains(o.Proposer) {
			e.convict(v, now)
		}
	}
}

// convict takes note of a proven fault: the place is convicted until its round is forgotten, and the round counts for a
// ban. In an open network nobody is banned, since another key costs nothing. Called with mu held.
func (e *Engine) convict(v Evidence, now time.Time) {
	e.sweep(now)
	p := placeOf(v.First.Observation)
	if now.Before(e.policy.forgetAt(p.round)) && e.mayConvict(p) {
		if e.convicted[p.slot] == nil {
			e.convicted[p.slot] = make(map[signing.Address]struct{})
		}
		e.convicted[p.slot][p.proposer] = struct{}{}
	}
	if !e.policy.Roster.Open() {
		e.offenders[p.proposer] = e.offenders[p.proposer].with(p.round)
	}
}

// isConvicted tells whether there is evidence for the place. Called with mu held.
func (e *Engine) isConvicted(p place) bool {
	_, ok := e.convicted[p.slot][p.proposer]
	return ok
}

// mayConvict tells whether evidence for the place would be new, and, in an open network, whether the slot takes any.
// With a roster its members are the bound. Called with mu held.
func (e *Engine) mayConvict(p place) bool {
	full := e.policy.Roster.Open() && len(e.convicted[p.slot]) >= global.MaxOpenProposers
	return !full && !e.isConvicted(p)
}
