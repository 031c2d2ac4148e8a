package consensus

import (
	"fmt"
	"slices"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

// Attestation is one signer's signature over an observation's digest.
type Attestation struct {
	Signer    signing.Address   `json:"signer"`
	Signature signing.Signature `json:"signature"`
}

// Report is an observation with its attestations, the proposer's first, then by signer address: what travels on the
// gossip topic.
type Report struct {
	Network      string
	Observation  Observation
	Attestations []Attestation
}

// sortAttestations brings attestations into the one order that reports and rows have: the proposer's first, then by the
// 20 address bytes.
func sortAttestations(attestations []Attestation, proposer signing.Address) {
	slices.SortFunc(attestations, func(a, b Attestation) int {
		switch {
		case a.Signer == b.Signer:
			return 0
		case a.Signer == proposer:
			return -1
		case b.Signer == proposer:
			return 1
		}
		return a.Signer.Compare(b.Signer)
	})
}

// checkAttestations refuses an order that no honest node sends, and with it repeated signers. Errors wrap
// global.ErrMalformed.
func checkAttestations(attestations []Attestation, proposer signing.Address) error {
	if len(attestations) == 0 || len(attestations) > global.MaxSigners {
		return fmt.Errorf("%w: %d attestations, want 1 to %d", global.ErrMalformed, len(attestations), global.MaxSigners)
	}
	if attestations[0].Signer != proposer {
		return fmt.Errorf("%w: the proposer's attestation is not the first", global.ErrMalformed)
	}
	for i, a := range attestations[1:] {
		if a.Signer == proposer || (i > 0 && attestations[i].Signer.Compare(a.Signer) >= 0) {
			return fmt.Errorf("%w: signers repeated or out of order", global.ErrMalformed)
		}
	}
	return nil
}
