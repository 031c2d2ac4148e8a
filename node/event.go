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
	// Convicted is no step of a price but of its proposer.
	Convicted Step = "proposer convicted"
)

func steps() []Step { return []Step{Fetched, Proposed, Signed, Refused, Quorum, Stored, Convicted} }

// Event tells that a price has taken a step on this node.
type Event struct {
	Step        Step
	ID          signing.Digest // zero: fetched, but not proposed
	Observation consensus.Observation
	Signers     []signing.Address     // known to the node; of Proposed, Signed, Quorum and Stored
	Refusal     consensus.Refusal     // of Refused
	Own         price.Quote           // of Fetched and Refused
	Second      consensus.Observation // of Convicted: the other one that was signed
	ByOther     bool                  // of Stored: another node had written the row before
	Writer      signing.Address       // of Stored: who announced the row; zero: not known
}

// tell logs the event and hands it to the observer, if there is one.
func (n *Node) tell(e Event) {
	n.meters.steps[e.Step].Inc()
	n.meters.progress.step(&e)
	n.pulse.note(e)
	n.record(e)
	n.follow(e)
	args := []any{"pair", e.Observation.Pair, "price", e.Observation.Price}
	if e.ID != (signing.Digest{}) {
		args = append(args, "id", e.ID.Short(), "round", uint64(e.Observation.Round), "proposer", e.Observation.Proposer)
	}
	if len(e.Signers) > 0 {
		args = append(args, "signers", len(e.Signers))
	}
	switch e.Step {
	case Refused:
		own := "none"
		if !e.Own.Price.IsZero() {
			own = e.Own.Price.String()
		}
		n.log.Warn(string(e.Step), append(args, "reason", e.Refusal, "own", own)...)
	case Convicted:
		second := e.Second.Digest(n.domain).Short()
		n.log.Warn(string(e.Step)+": it signed two prices for one round", append(args, "second_price", e.Second.Price, "second_id", second)...)
	case Stored:
		n.log.Info(string(e.Step), append(args, "by_other", e.ByOther)...)
	default:
		n.log.Info(string(e.Step), args...)
	}
	if n.observe != nil {
		n.observe(e)
	}
}

// follow notes which prices reach their quorum, and that some are stored, for the checks.
func (n *Node) follow(e Event) {
	switch e.Step {
	case Proposed:
		n.course.Proposed(e.ID, e.Observation)
	case Quorum:
		n.course.Reached(e.ID, e.Observation)
	case Stored:
		n.course.Stored()
	case Fetched, Signed, Refused, Convicted:
	}
}

func signersOf(attestations []consensus.Attestation) []signing.Address {
	signers := make([]signing.Address, len(attestations))
	for i, a := range attestations {
		signers[i] = a.Signer
	}
	return signers
}
