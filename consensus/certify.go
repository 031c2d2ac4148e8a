package consensus

import (
	"cmp"
	"slices"
	"time"
)

// Unsaved returns the certificates that were completed or have grown since they were last saved, oldest round first.
// They stay in the list until Saved takes them out, so a failed save is tried again.
func (e *Engine) Unsaved() []Certificate {
	e.mu.Lock()
	defer e.mu.Unlock()
	certificates := make([]Certificate, 0, len(e.unsaved))
	for _, t := range e.unsaved {
		certificates = append(certificates, t.certificate(e.policy.Network))
	}
	slices.SortFunc(certificates, func(a, b Certificate) int {
		return cmp.Compare(a.Observation.Round, b.Observation.Round)
	})
	return certificates
}

// Saved tells the engine that these certificates are on disk, and returns those that were saved for the first time: they
// count as verified from now on. One that has grown meanwhile stays unsaved.
func (e *Engine) Saved(certificates []Certificate) (verified []Certificate) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, c := range certificates {
		t, ok := e.unsaved[c.Observation]
		if !ok {
			continue
		}
		if t.saved == 0 {
			verified = append(verified, c)
		}
		t.saved = len(c.Attestations)
		if t.saved == t.certified {
			delete(e.unsaved, c.Observation)
		}
	}
	return verified
}

// TakeShed returns how many certificates were forgotten, unsaved, since the last call: their time was over, and more than
// maxUnsaved waited.
func (e *Engine) TakeShed() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	shed := e.shed
	e.shed = 0
	return shed
}

// Restore takes certificates that the journal kept, with their times, before anything is received. Those whose time is
// over, whose proposer the roster has lost, or which are of another network, are left to the journal alone.
func (e *Engine) Restore(certificates []Certificate, now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, c := range certificates {
		over := !now.Before(e.policy.forgetAt(c.Observation.Round))
		if over || c.Network != e.policy.Network || e.claim(c.Observation) != Accepted {
			continue
		}
		t := e.hold(c.Observation, c.ID, now)
		t.add(e.unknown(t, c.Attestations), &e.policy, c.LastSigned)
		t.saved = t.certified
	}
}
