package consensus

import (
	"slices"
	"time"

	"github.com/gossip-price/gossip-price/consensus/signing"
)

// screening is what the checks before the signatures found.
type screening struct {
	outcome Outcome
	held    bool           // the observation has a tally
	id      signing.Digest // of the tally, if held
	rival   *tally         // that has the place, if the report would be evidence against its proposer
}

// screen does all checks but the signatures', cheap before dear. Of a known signer a second signature brings nothing, and
// of one outside the roster none does, but they are verified with the rest: a peer that does not know the signer, or
// that has a newer roster, would refuse the report for it, and blame the node that passed it on. Called with mu held.
func (e *Engine) screen(r Report, now time.Time) screening {
	if r.Network != e.policy.Network {
		return screening{outcome: ForeignNetwork}
	}
	var none tally
	t, held := e.tallies[r.Observation]
	if !held {
		switch outcome := e.mayEnter(r.Observation, now); outcome {
		case Accepted:
			t = &none
		case Equivocation:
			return e.screenSecond(r)
		default:
			return screening{outcome: outcome}
		}
	} else if !now.Before(e.policy.forgetAt(r.Observation.Round)) {
		return screening{outcome: Stale} // its time is over, though it was not yet swept
	}
	switch strangers := e.strangersIn(r); {
	case !e.brings(t, r.Attestations):
		return screening{outcome: Duplicate}
	case strangers > e.policy.Roster.Size() || e.policy.Roster.Open() && len(r.Attestations) > e.policy.maxSigners():
		return screening{outcome: TooManySigners}
	}
	return screening{outcome: Accepted, held: held, id: t.id}
}

// screenSecond screens a report whose proposer has another observation at the place. One such report is enough, and of
// it the proposer's own signature: it is not merged. Called with mu held.
func (e *Engine) screenSecond(r Report) screening {
	s := screening{outcome: Equivocation}
	if p := placeOf(r.Observation); e.mayConvict(p) {
		s.rival = e.tallies[e.places[p]]
	}
	return s
}

// unverified returns the attestations that the outcome of a screening rests on and that were not verified yet, byte for
// byte, those of signers outside the roster last, and once more alone. Called with mu held.
func (e *Engine) unverified(r Report, s screening) (all, strangers []Attestation) {
	switch {
	case s.rival != nil:
		return r.Attestations[:1], nil
	case s.outcome != Accepted:
		return nil, nil
	}
	t, held := e.tallies[r.Observation]
	all = make([]Attestation, 0, len(r.Attestations))
	for _, a := range r.Attestations {
		switch {
		case held && t.verified(a):
		case e.policy.Roster.Contains(a.Signer):
			all = append(all, a)
		default:
			strangers = append(strangers, a)
		}
	}
	return append(all, strangers...), strangers
}

// mayEnter tells whether an observation that is not held may enter. Called with mu held.
func (e *Engine) mayEnter(o Observation, now time.Time) Outcome {
	switch _, served := e.hasher.pairs[o.Pair]; {
	case !served:
		return UnknownPair
	case !o.Round.Aligned(e.policy.Interval):
		return Misaligned
	}
	outcome := e.claim(o)
	switch {
	case outcome == Equivocation && now.Before(e.policy.forgetAt(o.Round)):
		return Equivocation // a proof as long as the other one is held, also when it could not enter any more
	case !e.policy.current(o, now):
		return Stale
	case outcome == Accepted && e.full(o):
		return TooManyProposers
	}
	return outcome
}

// claim tells whether the proposer counts and its place is free or already the observation's. Called with mu held.
func (e *Engine) claim(o Observation) Outcome {
	if !e.policy.Roster.Contains(o.Proposer) {
		return UnknownProposer
	}
	if other, taken := e.places[placeOf(o)]; taken && other != o {
		return Equivocation
	}
	return Accepted
}

// strangersIn counts the signers outside the roster.
func (e *Engine) strangersIn(r Report) (strangers int) {
	for _, a := range r.Attestations {
		if !e.policy.Roster.Contains(a.Signer) {
			strangers++
		}
	}
	return strangers
}

// brings tells whether unknown would return anything. Called with mu held.
func (e *Engine) brings(t *tally, attestations []Attestation) bool {
	return len(t.attestations) < e.policy.maxSigners() && slices.ContainsFunc(attestations, func(a Attestation) bool {
		return !t.knows(a.Signer) && e.policy.Roster.Contains(a.Signer)
	})
}

// unknown returns what attestations would bring to a tally: those of members that it lacks, as far as it has room.
// Called with mu held.
func (e *Engine) unknown(t *tally, attestations []Attestation) []Attestation {
	unknown := make([]Attestation, 0, len(attestations))
	room := e.policy.maxSigners() - len(t.attestations)
	for _, a := range attestations {
		if len(unknown) < room && !t.knows(a.Signer) && e.policy.Roster.Contains(a.Signer) {
			unknown = append(unknown, a)
		}
	}
	return unknown
}
