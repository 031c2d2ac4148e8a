// Package price holds the network's prices: a fixed-point Price, the Pair it
// belongs to, a client that asks Coinbase for one, and a stand-in for Coinbase
// that replays recorded prices.
//
// No price is ever a float: a Price is a decimal scaled by 10^18 (design
// section 2), exact in messages, signatures and tables alike.
package price

import (
	"errors"

	"github.com/holiman/uint256"
)

// Decimals is the number of decimal places that a Price keeps (design
// section 2).
const Decimals = 18

// limit is the exclusive upper bound of a scaled price, 10^38: what a
// numeric(38,18) column holds.
const limit = 100_000_000_000_000_000_000_000_000_000_000_000_000

// million is the number of parts that a deviation in ppm counts.
const million = 1_000_000

// ErrInvalid is wrapped by every error that refuses a price for its form or its
// range: by [Parse], [FromBytes], [Price.UnmarshalText] and [Coinbase.Fetch].
var ErrInvalid = errors.New("invalid price")

// Price is a positive decimal with 18 decimal places, at least 10^-18 and below
// 10^20. Prices compare with ==; the zero value is "no price".
type Price struct {
	scaled uint256.Int // price x 10^18; 0, or 1 <= scaled < limit
}

// IsZero reports whether p is the zero value, "no price".
func (p Price) IsZero() bool { return p.scaled.IsZero() }

// Cmp returns -1, 0 or +1 where p is below, equal to or above q.
func (p Price) Cmp(q Price) int { return p.scaled.Cmp(&q.scaled) }

// Within reports whether p deviates from own by at most ppm parts per million
// of own: |p - own| x 10^6 <= own x ppm, exactly (design section 3.5). Where
// either is "no price" there is nothing to stand for and it is false.
func (p Price) Within(own Price, ppm uint64) bool {
	if p.IsZero() || own.IsZero() {
		return false
	}

	var diff, allowed uint256.Int
	if p.Cmp(own) >= 0 {
		diff.Sub(&p.scaled, &own.scaled)
	} else {
		diff.Sub(&own.scaled, &p.scaled)
	}

	// Below 2^127 x 2^64, so neither product leaves 256 bits.
	diff.Mul(&diff, uint256.NewInt(million))
	allowed.Mul(&own.scaled, uint256.NewInt(ppm))

	return !diff.Gt(&allowed)
}

// inRange reports whether p is a price that the network takes: 1 <= scaled < 10^38.
func (p Price) inRange() bool {
	const word = 1<<64 - 1

	return !p.IsZero() && p.scaled.Lt(&uint256.Int{limit & word, limit >> 64})
}
