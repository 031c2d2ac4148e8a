package consensus

// Outcome is what became of a received report. Every report ends in exactly one.
type Outcome int

// The outcomes, cheapest check first. Malformed, ForeignNetwork and BadSignature are what no honest version, roster or
// setting can send: their senders are at fault (section 3.3).
const (
	Accepted         Outcome = iota // brought a new signer; merged and passed on
	Duplicate                       // brought no signer that was not known
	Malformed                       // not a report
	ForeignNetwork                  // names another network
	UnknownPair                     // a pair that this node does not serve
	Misaligned                      // a round that the interval does not have
	Stale                           // too old or too new to enter
	UnknownProposer                 // the proposer is not in the roster
	Equivocation                    // a second observation of one proposer for a pair and round
	TooManyProposers                // an open network's round is full
	TooManySigners                  // more attestations than an open network holds
	BadSignature                    // a signature that is not its signer's
)

// AtFault tells whether the sender of such a report broke the protocol.
func (o Outcome) AtFault() bool {
	return o == Malformed || o == ForeignNetwork || o == BadSignature
}

// String returns the outcome in words, for logs and counters.
func (o Outcome) String() string {
	switch o {
	case Accepted:
		return "accepted"
	case Duplicate:
		return "duplicate"
	case Malformed:
		return "malformed"
	case ForeignNetwork:
		return "foreign network"
	case UnknownPair:
		return "unknown pair"
	case Misaligned:
		return "misaligned round"
	case Stale:
		return "stale"
	case UnknownProposer:
		return "unknown proposer"
	case Equivocation:
		return "equivocation"
	case TooManyProposers:
		return "too many proposers"
	case TooManySigners:
		return "too many signers"
	case BadSignature:
		return "bad signature"
	}
	return "unknown"
}
