package consensus

import (
	"slices"
	"time"

	"github.com/gossip-price/gossip-price/consensus/signing"
)

// MaxUnsaved is the bound that a test goes up to.
const MaxUnsaved = maxUnsaved

// Sizes tells how much an engine holds.
type Sizes struct {
	Tallies, Places, Slots, Undecided, Unsaved, Quotes, Attestations, LargestTally, Strangers, Convicted, Offenders int
}

// Sizes counts the engine's maps, the attestations in all of its tallies and in the largest one, and the most strangers
// in one.
func (e *Engine) Sizes() Sizes {
	e.mu.Lock()
	defer e.mu.Unlock()
	s := Sizes{
		Tallies: len(e.tallies), Places: len(e.places), Slots: len(e.proposers), Undecided: len(e.undecided),
		Unsaved: len(e.unsaved), Quotes: len(e.quotes), Offenders: len(e.offenders),
	}
	for _, proposers := range e.convicted {
		s.Convicted += len(proposers)
	}
	for _, t := range e.tallies {
		s.Strangers = max(s.Strangers, len(t.strangers))
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
	s, strangers := e.verify(r, now)
	return s.outcome, func() Change { return e.commit(r, s, strangers, now) }
}

// Forget drops an observation as a sweep does.
func (e *Engine) Forget(o Observation) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.forget(e.tallies[o])
}

// Unverified tells how many signatures of a report would be recovered now.
func (e *Engine) Unverified(r Report, now time.Time) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	all, _ := e.unverified(r, e.screen(r, now))
	return len(all)
}

// VerifiedEvidence takes evidence as far as its signatures, as Verified does a report.
func (e *Engine) VerifiedEvidence(v Evidence, now time.Time) (outcome Outcome, commit func() Change) {
	outcome = e.verifyEvidence(v, now)
	return outcome, func() Change { return e.commitEvidence(v, outcome, now) }
}

// RankHash is what ranks the co-signers of an observation.
func RankHash(id signing.Digest, a signing.Address) [32]byte {
	return rankHash(id, a)
}

// RankOrder sorts members as they are ranked.
func RankOrder(id signing.Digest, members []signing.Address) []signing.Address {
	return rankOrder(id, members)
}

// Pace measures stage delays.
type Pace struct{ pace }

// Note takes a lag into the measurement.
func (p *Pace) Note(lag time.Duration) { p.note(lag) }

// Delay returns the stage delay in rounds of a length.
func (p *Pace) Delay(interval time.Duration) time.Duration { return p.delay(interval) }

// Heard tells of how many rounds an engine remembers who was heard of.
func (e *Engine) Heard() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.heard)
}

// VerifyBy has signatures verified by another function than signing.Verify.
func (e *Engine) VerifyBy(f func(signing.Digest, signing.Address, signing.Signature) error) {
	e.verifySignature = f
}

// MaxChecks is the bound that a test goes beyond.
const MaxChecks = maxChecks

// Checks tells how many signatures an engine remembers beside those of its tallies.
func (e *Engine) Checks() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.checks.table)
}

// First returns who is to sign an observation at once, of those heard of lately.
func (e *Engine) First(o Observation) []signing.Address {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.tallies[o].ranking.first(e.policy.Quorum - 1))
}

// Reluctant tells how many members are remembered to have passed.
func (e *Engine) Reluctant() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.reluctant)
}

// HasSecondChance tells whether a reluctant member is ranked with the willing.
func HasSecondChance(id signing.Digest, a signing.Address) bool { return hasSecondChance(id, a) }

// RootOf is rootOf.
func RootOf(list []signing.Digest) Root { return rootOf(list) }

// PathTo is pathTo.
func PathTo(list []signing.Digest, index int) ([][]byte, error) { return pathTo(list, index) }

// VerifyPath is verifyPath.
func VerifyPath(root Root, size, index uint64, leaf signing.Digest, path [][]byte) error {
	return verifyPath(root, size, index, leaf, path)
}
