package writing

// Outcome is what became of a received notice or audit. Each ends in exactly one.
type Outcome string

// The outcomes, cheapest check first. Malformed, ForeignNetwork and BadSignature are what no honest version, roster or
// setting can send.
const (
	Malformed      Outcome = "malformed"       // neither a notice nor an audit
	ForeignNetwork Outcome = "foreign network" // names another network
	Misaligned     Outcome = "misaligned"      // a window that the flush interval does not have
	Stale          Outcome = "stale"           // of a window too old or too new
	UnknownSigner  Outcome = "unknown signer"  // not in the roster, or there is none
	Duplicate      Outcome = "duplicate"       // known already
	TooMany        Outcome = "too many"        // more of one signer and window than an honest one sends
	BadSignature   Outcome = "bad signature"   // a signature that is not its signer's
	OtherStore     Outcome = "other store"     // passed on, but not believed: it is about another store
	Accepted       Outcome = "accepted"        // kept and passed on
)

// Outcomes returns all outcomes, in the order above: there are no others.
func Outcomes() []Outcome {
	return []Outcome{
		Malformed, ForeignNetwork, Misaligned, Stale, UnknownSigner, Duplicate, TooMany, BadSignature, OtherStore, Accepted,
	}
}

// AtFault tells whether the sender broke the protocol.
func (o Outcome) AtFault() bool { return o == Malformed || o == ForeignNetwork || o == BadSignature }

// PassedOn tells whether the message is passed on to other nodes.
func (o Outcome) PassedOn() bool { return o == OtherStore || o == Accepted }
