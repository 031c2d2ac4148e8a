package consensus

// Outcome is what became of a received report, evidence or heartbeat. Each ends in exactly one.
type Outcome string

// The outcomes, cheapest check first. Malformed, ForeignNetwork and BadSignature are what no honest version, roster or
// setting can send: their senders are at fault (section 3.4).
const (
	Malformed        Outcome = "malformed"          // not a report, no evidence, no heartbeat
	ForeignNetwork   Outcome = "foreign network"    // names another network
	UnknownPair      Outcome = "unknown pair"       // a pair that this node does not serve
	Misaligned       Outcome = "misaligned round"   // a round that the interval does not have
	Stale            Outcome = "stale"              // too old or too new; a heartbeat that is not newer than the last one
	UnknownProposer  Outcome = "unknown proposer"   // the proposer is not in the roster
	Equivocation     Outcome = "equivocation"       // a second observation of one proposer for a pair and round
	TooManyProposers Outcome = "too many proposers" // an open network's round is full
	Duplicate        Outcome = "duplicate"          // brought no signer that was not known, or the place is convicted
	TooManySigners   Outcome = "too many signers"   // more than an open network holds, or more strangers than members
	BadSignature     Outcome = "bad signature"      // a signature that is not its signer's
	Accepted         Outcome = "accepted"           // brought something new; kept and passed on

	UnknownSigner Outcome = "unknown signer" // a heartbeat of nobody in the roster, or too many in an open network
	OwnKey        Outcome = "own key"        // a heartbeat of this node's key that this node has not made
	TooOften      Outcome = "too often"      // more heartbeats of one signer than a node has to send
)

// Outcomes returns all outcomes of reports and evidence, in the order above: there are no others.
func Outcomes() []Outcome {
	return []Outcome{
		Malformed, ForeignNetwork, UnknownPair, Misaligned, Stale, UnknownProposer, Equivocation, TooManyProposers,
		Duplicate, TooManySigners, BadSignature, Accepted,
	}
}

// HeartbeatOutcomes returns all outcomes of heartbeats, cheapest check first: there are no others.
func HeartbeatOutcomes() []Outcome {
	return []Outcome{Malformed, ForeignNetwork, OwnKey, UnknownSigner, Stale, TooOften, BadSignature, Accepted}
}

// AtFault tells whether the sender broke the protocol.
func (o Outcome) AtFault() bool {
	return o == Malformed || o == ForeignNetwork || o == BadSignature
}
