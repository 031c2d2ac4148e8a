package consensus

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

// Evidence proves a fault that needs nobody's word: one proposer signed two observations for one pair and round
// (section 3.8). Both reports carry the proposer's attestation alone.
type Evidence struct {
	First, Second Report // First has the lower price or, at one price, the earlier observedAt
}

// NewEvidence puts together what two reports of one proposer, pair and round prove. It verifies nothing.
func NewEvidence(a, b Report) Evidence {
	e := Evidence{a.Alone(), b.Alone()}
	if e.First.Observation.compare(e.Second.Observation) > 0 {
		e.First, e.Second = e.Second, e.First
	}
	return e
}

// Alone returns the report with the proposer's attestation only.
func (r Report) Alone() Report {
	r.Attestations = slices.DeleteFunc(slices.Clone(r.Attestations), func(a Attestation) bool {
		return a.Signer != r.Observation.Proposer
	})
	return r
}

// compare orders the observations of one place.
func (o Observation) compare(other Observation) int {
	if c := o.Price.Compare(other.Price); c != 0 {
		return c
	}
	return cmp.Compare(o.ObservedAt, other.ObservedAt)
}

// Proposer returns who signed both.
func (e Evidence) Proposer() signing.Address { return e.First.Observation.Proposer }

// Verify checks the evidence as a proof that needs nobody's word: two different observations of one place, both signed
// by its proposer, who is a member of the roster. Errors wrap global.ErrMalformed, ErrSignature or ErrNotMember.
func (e Evidence) Verify(member func(signing.Address) bool) error {
	if err := e.check(); err != nil {
		return err
	}
	if !member(e.Proposer()) {
		return fmt.Errorf("proposer %s: %w", e.Proposer(), global.ErrNotMember)
	}
	domain := signing.NewDomain(e.First.Network)
	for _, r := range []Report{e.First, e.Second} {
		a := r.Attestations[0]
		if err := signing.Verify(r.Observation.Digest(domain), a.Signer, a.Signature); err != nil {
			return err
		}
	}
	return nil
}

// check tells what else than good signatures makes two reports evidence. Errors wrap global.ErrMalformed.
func (e Evidence) check() error {
	a, b := e.First, e.Second
	for _, r := range []Report{a, b} {
		if err := r.Observation.check(); err != nil {
			return err
		}
		if len(r.Attestations) != 1 || r.Attestations[0].Signer != r.Observation.Proposer {
			return fmt.Errorf("%w: want the proposer's attestation alone", global.ErrMalformed)
		}
	}
	switch {
	case a.Network != b.Network:
		return fmt.Errorf("%w: reports of two networks", global.ErrMalformed)
	case placeOf(a.Observation) != placeOf(b.Observation):
		return fmt.Errorf("%w: two places, want one proposer, pair and round", global.ErrMalformed)
	case a.Observation.compare(b.Observation) >= 0:
		return fmt.Errorf("%w: the reports are equal or out of order", global.ErrMalformed)
	}
	return nil
}
