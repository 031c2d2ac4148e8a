package consensus

// Refusal is why a node does not co-sign an observation. The list is closed.
type Refusal string

// The reasons to refuse (section 3.5).
const (
	// RefusedDeviation: the price is further from the own one than the policy allows.
	RefusedDeviation Refusal = "price deviates"
	// RefusedNoPrice: no own price was fetched close enough to the observation.
	RefusedNoPrice Refusal = "no fresh price of its own"
	// RefusedDoubleSign: the journal holds a signature for another observation at this place.
	RefusedDoubleSign Refusal = "signed another one"
	// RefusedEquivocation: there is evidence that the proposer signed two observations for this pair and round.
	RefusedEquivocation Refusal = "proposer signed two prices"
	// RefusedBanned: there is evidence against the proposer from two or more rounds of the last 24 hours.
	RefusedBanned Refusal = "proposer banned"
	// RefusedClock: this node's clock is too far from the others', so it can't say when it saw its own price.
	RefusedClock Refusal = "own clock is off"
)

// RefusedUnknown stands for a reason of a later version, of which a heartbeat told. No node refuses by it.
const RefusedUnknown Refusal = "a reason that this version does not know"

// Refusals returns all reasons to refuse, in the order above: there are no others. By their place in it, from 1, they travel in
// heartbeats (section 3.10), so one that is added goes to the end.
func Refusals() []Refusal {
	return []Refusal{RefusedDeviation, RefusedNoPrice, RefusedDoubleSign, RefusedEquivocation, RefusedBanned, RefusedClock}
}
