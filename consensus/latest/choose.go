// Package latest says which price of a pair stands at present: the lower median of the latest complete round.
package latest

import (
	"bytes"
	"slices"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

// Price is what the certificates of one pair and round say together.
type Price struct {
	consensus.Certificate // of the lower median: a price that somebody signed
	Count                 int
	Lowest, Highest       price.Price
	Signers               int  // distinct ones, of all the certificates
	Stale                 bool // a later round should be complete by now, and is not
}

// Spread returns highest less lowest in millionths of the price, rounded down.
func (p *Price) Spread() int64 { return p.Observation.Price.Parts(p.Lowest, p.Highest) }

// Choose returns the lower median of certificates of one pair and round: with an even number of them the lower one of the two
// in the middle, and of equal prices the one with the lowest id, so that nodes which hold the same certificates choose the same.
// There must be one at least.
func Choose(certificates []consensus.Certificate) Price {
	sorted := slices.SortedFunc(slices.Values(certificates), func(a, b consensus.Certificate) int {
		if c := a.Observation.Price.Compare(b.Observation.Price); c != 0 {
			return c
		}
		return bytes.Compare(a.ID[:], b.ID[:])
	})
	signers := make(map[signing.Address]struct{})
	for _, c := range sorted {
		for _, a := range c.Attestations {
			signers[a.Signer] = struct{}{}
		}
	}
	return Price{
		Certificate: sorted[(len(sorted)-1)/2],
		Count:       len(sorted),
		Lowest:      sorted[0].Observation.Price,
		Highest:     sorted[len(sorted)-1].Observation.Price,
		Signers:     len(signers),
	}
}
