// Package price holds the network's prices: a fixed-point Price, the Pair it belongs to, a client that asks Coinbase
// for one, and a stand-in for Coinbase that replays recorded prices.
//
// No price is ever a float: a Price is a decimal scaled by 10^18 (docs/protocol.md, section 2), exact in messages,
// signatures and tables alike.
package price

import (
	"math"

	"github.com/holiman/uint256"
)

// Decimals is the number of decimal places that a Price keeps (docs/protocol.md, section 2).
const Decimals = 18

// limit is the exclusive upper bound of a scaled price, 10^38: what a numeric(38,18) column holds.
const limit = 100_000_000_000_000_000_000_000_000_000_000_000_000

// million is the number of parts that a deviation in ppm counts.
const million = 1_000_000

// Price is a positive decimal with 18 decimal places, at least 10^-18 and below 10^20. Prices compare with ==; the zero
// value is "no price".
type Price struct {
	scaled uint256.Int // price x 10^18; 0, or 1 <= scaled < limit
}

// IsZero tells whether p is the zero value, "no price".
func (p Price) IsZero() bool { return p.scaled.IsZero() }

// Compare returns -1, 0 or +1 as p is below, equal to or above other.
func (p Price) Compare(other Price) int { return p.scaled.Cmp(&other.scaled) }

// Within tells whether p deviates from own by at most ppm parts per million of own: |p - own| x 10^6 <= own x ppm,
// exactly (docs/protocol.md, section 3.5). Where either is "no price" there is nothing to stand for and it is false.
func (p Price) Within(own Price, ppm uint64) bool {
	if p.IsZero() || own.IsZero() {
		return false
	}
	var diff, allowed uint256.Int
	diff.Sub(&p.scaled, &own.scaled)
	diff.Abs(&diff) // both are below 2^127, so the difference has a sign
	// Below 2^127 x 2^64, so neither product leaves 256 bits.
	diff.Mul(&diff, uint256.NewInt(million))
	allowed.Mul(&own.scaled, uint256.NewInt(ppm))
	return !diff.Gt(&allowed)
}

// Parts returns highest less lowest in millionths of p, rounded down; 0 where lowest is not below highest or p is "no price", and
// what is more than an int64 holds is the most that it holds.
func (p Price) Parts(lowest, highest Price) int64 {
	if p.IsZero() || lowest.Compare(highest) >= 0 {
		return 0
	}
	var parts uint256.Int
	parts.Sub(&highest.scaled, &lowest.scaled)
	parts.Mul(&parts, uint256.NewInt(million)) // below 2^127 x 2^20
	parts.Div(&parts, &p.scaled)
	if !parts.IsUint64() || parts.Uint64() > math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(parts.Uint64())
}

// inRange tells whether p is a price that the network takes: 1 <= scaled < 10^38.
func (p Price) inRange() bool {
	const word = 1<<64 - 1
	return !p.IsZero() && p.scaled.Lt(&uint256.Int{limit & word, limit >> 64})
}
