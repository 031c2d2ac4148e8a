package consensus

// Outcome is what became of a received report or evidence. Each ends in exactly one.
type Outcome string

// The outcomes, cheapest check first. Malformed, ForeignNetwork and BadSignature are what no honest version, roster or
// setting can send: their senders are at fault (section 3.4).
const (
	Malformed        Outcome = "malformed"          // not a report, or no evidence
	ForeignNetwork   Outcome = "foreign network"    // names another network
	UnknownPair      Outcome = "unknown pair"       // a pair that this node does not serve
	Misaligned       Outcome = "misaligned round"   // a round that the interval does not have
	Stale            Outcome = "stale"              // too old or too new
	UnknownProposer  Outcome = "unknown proposer"   // the proposer is not in the roster
	Equivocation     Outcome = "equivocation"       // a second observation of one proposer for a pair and round
	TooManyProposers Outcome = "too many proposers" // an open network's round is full
	Duplicate        Outcome = "duplicate"          // brought no signer that was not known, or the place is convicted
	TooManySigners   Outcome = "too many signers"   // more than an open network holds, or more strangers than members
	BadSignature     Outcome = "bad signature"      // a signature that is not its signer's
	Accepted         Outcome = "accepted"           // brought something new; kept and passed on
)

// Outcomes returns all outcomes, in the order above: there are no others.
func Outcomes() []Outcome {
	return []Outcome{
		Malformed, ForeignNetwork, UnknownPair, Misaligned, Stale, UnknownProposer, Equivocation, TooManyProposers,
		Duplicate, TooManySigners, BadSignature, Accepted,
	}
}

// AtFault tells whether the sender broke the protocol.
func (o Outcome) AtFault() bool {
	return o == Malformed || o == ForeignNetwork || o == BadSignature
}
