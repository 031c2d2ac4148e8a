package consensus

import (
	"time"

	"github.com/gossip-price/gossip-price/consensus/signing"
)

// Receive validates a report that a peer sent and merges it, in one step, before it is passed on: all or nothing. Only
// an accepted report changes the tally, so whatever this node knows it has passed on (section 3.4).
func (e *Engine) Receive(data []byte, now time.Time) Change {
	r, err := DecodeReport(data)
	if err != nil {
		return Change{Outcome: Malformed}
	}
	return e.merge(r, now)
}

func (e *Engine) merge(r Report, now time.Time) Change {
	s := e.verify(r, now)
	if s.outcome != Accepted {
		return Change{Outcome: s.outcome, Observation: r.Observation}
	}
	return e.commit(r, s, now)
}

// verify does all checks, those of the signatures outside the lock.
func (e *Engine) verify(r Report, now time.Time) screening {
	e.mu.Lock()
	s := e.screen(r, now)
	e.mu.Unlock()
	if s.outcome != Accepted {
		return s
	}
	if !s.held {
		s.id = r.Observation.Digest(e.domain)
	}
	for _, a := range s.unverified {
		if signing.Verify(s.id, a.Signer, a.Signature) != nil {
			s.outcome = BadSignature
			break
		}
	}
	return s
}

// commit merges a report whose signatures are good. While they were recovered another report may have brought the same
// signers or taken the place, so it is screened again.
func (e *Engine) commit(r Report, s screening, now time.Time) Change {
	e.mu.Lock()
	defer e.mu.Unlock()
	again := e.screen(r, now)
	if s.held && !again.held && again.outcome == Accepted {
		again.outcome = Stale // forgotten meanwhile, and the proposer's signature was not looked at
	}
	if again.outcome != Accepted {
		return Change{Outcome: again.outcome, Observation: r.Observation}
	}
	return e.add(e.hold(r.Observation, s.id, now), again.unknown, now)
}

// screening is what the checks before the signatures found.
type screening struct {
	outcome    Outcome
	held       bool           // the observation has a tally
	id         signing.Digest // of the tally, if held
	unknown    []Attestation  // of signers that the tally lacks: what the report would bring
	unverified []Attestation  // all that were not verified yet, byte for byte
}

// screen does all checks but the signatures', cheap before dear. Attestations outside the roster are skipped. Of a
// known signer a second signature brings nothing, but it is verified with the rest: a peer that does not know the
// signer would refuse the report for it, and blame the node that passed it on. Called with mu held.
func (e *Engine) screen(r Report, now time.Time) screening {
	if r.Network != e.policy.Network {
		return screening{outcome: ForeignNetwork}
	}
	t, held := e.tallies[r.Observation]
	if !held {
		if outcome := e.mayEnter(r.Observation, now); outcome != Accepted {
			return screening{outcome: outcome}
		}
		t = &tally{}
	} else if !now.Before(e.policy.forgetAt(r.Observation.Round)) {
		return screening{outcome: Stale} // its time is over, though it was not yet swept
	}
	if len(r.Attestations) > e.policy.maxSigners() && e.policy.Roster.Open() {
		return screening{outcome: TooManySigners}
	}
	s := screening{outcome: Accepted, held: held, id: t.id, unknown: e.unknown(t, r.Attestations)}
	for _, a := range r.Attestations {
		signature, known := t.signers[a.Signer]
		if e.policy.Roster.Contains(a.Signer) && !(known && signature == a.Signature) {
			s.unverified = append(s.unverified, a)
		}
	}
	if len(s.unknown) == 0 {
		s.outcome = Duplicate
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
	case !e.policy.current(o, now):
		return Stale
	}
	if outcome := e.claim(o); outcome != Accepted {
		return outcome
	}
	if e.full(o) {
		return TooManyProposers
	}
	return Accepted
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
