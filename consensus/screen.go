package consensus

import (
	"time"

	"github.com/gossip-price/gossip-price/consensus/signing"
)

// screening is what the checks before the signatures found.
type screening struct {
	outcome    Outcome
	held       bool           // the observation has a tally
	id         signing.Digest // of the tally, if held
	unknown    []Attestation  // of members that the tally lacks: what the report would bring
	strangers  []Attestation  // of signers outside the roster that were not verified yet, byte for byte
	unverified []Attestation  // all that were not verified yet and must be; the strangers' last
	rival      *tally         // that has the place, if the report would be evidence against its proposer
}

// screen does all checks but the signatures', cheap before dear. Of a known signer a second signature brings nothing, and
// of one outside the roster none does, but they are verified with the rest: a peer that does not know the signer, or
// that has a newer roster, would refuse the report for it, and blame the node that passed it on. Called with mu held.
func (e *Engine) screen(r Report, now time.Time) screening {
	if r.Network != e.policy.Network {
		return screening{outcome: ForeignNetwork}
	}
	t, held := e.tallies[r.Observation]
	if !held {
		switch outcome := e.mayEnter(r.Observation, now); outcome {
		case Accepted:
			t = &tally{}
		case Equivocation:
			return e.screenSecond(r)
		default:
			return screening{outcome: outcome}
		}
	} else if !now.Before(e.policy.forgetAt(r.Observation.Round)) {
		return screening{outcome: Stale} // its time is over, though it was not yet swept
	}
	s := screening{outcome: Accepted, held: held, id: t.id, unknown: e.unknown(t, r.Attestations)}
	if len(s.unknown) == 0 {
		return screening{outcome: Duplicate}
	}
	strangers := 0
	for _, a := range r.Attestations {
		member := e.policy.Roster.Contains(a.Signer)
		if !member {
			strangers++
		}
		switch {
		case t.verified(a):
		case member:
			s.unverified = append(s.unverified, a)
		default:
			s.strangers = append(s.strangers, a)
		}
	}
	s.unverified = append(s.unverified, s.strangers...)
	if strangers > e.policy.Roster.Size() || e.policy.Roster.Open() && len(r.Attestations) > e.policy.maxSigners() {
		return screening{outcome: TooManySigners}
	}
	return s
}

// screenSecond screens a report whose proposer has another observation at the place. One such report is enough, and of
// it the proposer's own signature: it is not merged. Called with mu held.
func (e *Engine) screenSecond(r Report) screening {
	s := screening{outcome: Equivocation}
	if p := placeOf(r.Observation); e.mayConvict(p) {
		s.rival = e.tallies[e.places[p]]
		s.unverified = r.Attestations[:1]
	}
	return s
}

// mayEnter tells whether an observation that is not held may enter. Called with mu held.
func (e *Engine) mayEnter(o Observation, now time.Time) Outcome {
	switch _, served := e.pairs[o.Pair]; {
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

// unknown returns what attestations would bring to a tally: those of members that it lacks, as far as it has room.
func (e *Engine) unknown(t *tally, attestations []Attestation) []Attestation {
	var unknown []Attestation
	room := e.policy.maxSigners() - len(t.attestations)
	for _, a := range attestations {
		if len(unknown) < room && !t.knows(a.Signer) && e.policy.Roster.Contains(a.Signer) {
			unknown = append(unknown, a)
		}
	}
	return unknown
}
