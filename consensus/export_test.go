package consensus

import "time"

// MaxUnsaved is the bound that a test goes up to.
const MaxUnsaved = maxUnsaved

// Sizes tells how much an engine holds.
type Sizes struct{ Tallies, Places, Slots, Undecided, Unsaved, Quotes, Attestations, LargestTally int }

// Sizes counts the engine's maps, and the attestations in all of its tallies and in the largest one.
func (e *Engine) Sizes() Sizes {
	e.mu.Lock()
	defer e.mu.Unlock()
	s := Sizes{
		Tallies: len(e.tallies), Places: len(e.places), Slots: len(e.proposers), Undecided: len(e.undecided),
		Unsaved: len(e.unsaved), Quotes: len(e.quotes),
	}
	for _, t := range e.tallies {
		s.Attestations += len(t.attestations)
		s.LargestTally = max(s.LargestTally, len(t.attestations), len(t.signers))
	}
	return s
}

// Verified takes a report as far as its signatures; commit merges it, later, as another goroutine would that was slower.
func (e *Engine) Verified(data []byte, now time.Time) (outcome Outcome, commit func() Change) {
	r, err := DecodeReport(data)
	if err != nil {
		return Malformed, nil
	}
	s := e.verify(r, now)
	return s.outcome, func() Change { return e.commit(r, s, now) }
}

// Forget drops an observation as a sweep does.
func (e *Engine) Forget(o Observation) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.forget(e.tallies[o])
}
