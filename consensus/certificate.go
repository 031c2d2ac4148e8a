package consensus

import (
	"time"

	"github.com/gossip-price/gossip-price/consensus/signing"
)

// Certificate is a report that has reached quorum: its attestations are all verified and of distinct signers.
type Certificate struct {
	ID signing.Digest
	Report
	// LastSigned is when this node saw the last included attestation, truncated to milliseconds, UTC. The settle period
	// counts from it (section 3.7).
	LastSigned time.Time
}

// Row returns the certificate as it is stored. CreatedTime is the store's to fill.
func (c Certificate) Row() Row {
	return Row{
		ID:             c.ID,
		Network:        c.Network,
		Pair:           c.Observation.Pair,
		Price:          c.Observation.Price,
		FirstSigner:    c.Observation.Proposer,
		SignData:       c.Attestations,
		RoundTime:      c.Observation.Round.Start(),
		ObservedTime:   c.Observation.ObservedAt.Time(),
		LastSignedTime: c.LastSigned,
	}
}
