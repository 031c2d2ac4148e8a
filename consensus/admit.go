package consensus

import (
	"slices"
	"time"
)

// Admit merges attestations that need no check because this node made or kept them: its own proposal, its own
// co-signature, or what its journal holds. It returns the report to publish, with all that is known of the
// observation. Nothing is merged where the proposer's place is taken by another observation (Equivocation), where the
// roster has lost the proposer (UnknownProposer), and where the observation is held no more and its proposer's
// attestation is not among them (Stale): without it there is no report. Nor is anything of another network, which a
// journal may still hold (ForeignNetwork): its signatures are worthless here.
func (e *Engine) Admit(r Report, now time.Time) (Report, Change) {
	o := r.Observation
	id := e.hasher.Digest(o)
	e.mu.Lock()
	defer e.mu.Unlock()
	outcome := e.claim(o)
	if _, held := e.tallies[o]; !held && outcome == Accepted && !r.proposed() {
		outcome = Stale
	}
	if r.Network != e.policy.Network {
		outcome = ForeignNetwork
	}
	if outcome != Accepted {
		return Report{}, Change{Outcome: outcome, Observation: o}
	}
	t := e.hold(o, id, now)
	c := Change{Outcome: Duplicate, Observation: o}
	if unknown := e.unknown(t, r.Attestations); len(unknown) > 0 {
		c = e.add(t, unknown, now)
	}
	return t.report(e.policy.Network), c
}

// Incomplete returns what is known of the live observations that lack their quorum, as Live does.
func (e *Engine) Incomplete(now time.Time) []Report {
	return e.reports(func(o Observation, t *tally) bool {
		return !t.complete() && e.enterable(o, now) && !e.isConvicted(placeOf(o))
	})
}

// proposed tells whether the proposer's attestation is there.
func (r Report) proposed() bool {
	return slices.ContainsFunc(r.Attestations, func(a Attestation) bool { return a.Signer == r.Observation.Proposer })
}
