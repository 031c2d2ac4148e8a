package consensus

import "time"

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
	s, strangers := e.verify(r, now)
	if s.outcome == Accepted || s.rival != nil {
		return e.commit(r, s, strangers, now)
	}
	return Change{Outcome: s.outcome, Observation: r.Observation}
}

// verify does all checks, those of the signatures outside the lock, and returns the signatures of strangers that it
// found good.
func (e *Engine) verify(r Report, now time.Time) (screening, []Attestation) {
	e.mu.Lock()
	s := e.screen(r, now)
	unverified, strangers := e.unverified(r, s)
	checks := e.checksOf(r.Observation, unverified)
	e.mu.Unlock()
	if len(checks) == 0 {
		return s, nil
	}
	if !s.held {
		s.id = e.hasher.Digest(r.Observation)
	}
	if !e.allVerified(checks, s.id) {
		return screening{outcome: BadSignature}, nil
	}
	return s, strangers
}

// commit merges a report whose signatures are good, or convicts its proposer if only that one's was looked at. While
// they were recovered another report may have brought the same signers or taken the place, so it is screened again.
func (e *Engine) commit(r Report, s screening, strangers []Attestation, now time.Time) Change {
	e.mu.Lock()
	defer e.mu.Unlock()
	again := e.screen(r, now)
	forgotten := s.rival != nil || s.held && !again.held
	if again.outcome == Accepted && !forgotten {
		t := e.hold(r.Observation, s.id, now)
		t.remember(strangers, e.policy.Roster.Size())
		return e.add(t, e.unknown(t, r.Attestations), now)
	}
	c := Change{Outcome: again.outcome, Observation: r.Observation}
	switch {
	case again.outcome == Accepted:
		c.Outcome = Stale // forgotten meanwhile, and not all of its signatures were looked at
	case again.rival != nil:
		v := NewEvidence(again.rival.report(e.policy.Network), r)
		e.convict(v, now)
		c.Evidence = &v
	}
	return c
}
