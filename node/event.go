package node

import (
	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

// Step is one step in the life of a price.
type Step string

// The steps, in their order. The words are those of the log.
const (
	Fetched  Step = "price fetched"
	Proposed Step = "price proposed"
	Signed   Step = "price signed"
	Refused  Step = "price refused"
	Quorum   Step = "price quorum"
	Stored   Step = "price stored"
)

// Event tells that a price has taken a step on this node.
type Event struct {
	Step        Step
	ID          signing.Digest // zero: fetched, but not proposed
	Observation consensus.Observation
	Signers     []signing.Address // known to the node; of Proposed, Signed, Quorum and Stored
	Refusal     consensus.Refusal // of Refused
	Own         price.Quote       // of Fetched and Refused
	ByOther     bool              // of Stored: another node had written the row before
}

// tell logs the event and hands it to the observer, if there is one.
func (n *Node) tell(e Event) {
	args := []any{"pair", e.Observation.Pair, "price", e.Observation.Price}
	if e.ID != (signing.Digest{}) {
		args = append(args, "id", e.ID.Short(), "round", uint64(e.Observation.Round), "proposer", e.Observation.Proposer)
	}
	if len(e.Signers) > 0 {
		args = append(args, "signers", len(e.Signers))
	}
	switch e.Step {
	case Refused:
		n.log.Warn(string(e.Step), append(args, "reason", e.Refusal, "own", e.Own.Price)...)
	case Stored:
		n.log.Info(string(e.Step), append(args, "by_other", e.ByOther)...)
	default:
		n.log.Info(string(e.Step), args...)
	}
	if n.observe != nil {
		n.observe(e)
	}
}

func signersOf(attestations []consensus.Attestation) []signing.Address {
	signers := make([]signing.Address, len(attestations))
	for i, a := range attestations {
		signers[i] = a.Signer
	}
	return signers
}
