package price

import (
	"fmt"

	"github.com/gossip-price/gossip-price/global"
)

// maxBytes is the length of the longest price in bytes: 10^38 is below 2^128.
const maxBytes = 16

// FromBytes takes the scaled integer of a price, big-endian and minimal: 1 to 16 bytes, the first of them not zero.
// Another form, or a price out of range, is an error that wraps global.ErrMalformed; so each price has exactly one form
// in bytes.
func FromBytes(b []byte) (Price, error) {
	if len(b) == 0 || len(b) > maxBytes {
		return Price{}, fmt.Errorf("parse price: %w: %d bytes, want 1 to %d", global.ErrMalformed, len(b), maxBytes)
	}
	if b[0] == 0 {
		return Price{}, fmt.Errorf("parse price %#x: %w: begins with a zero byte", b, global.ErrMalformed)
	}
	var p Price
	p.scaled.SetBytes(b)
	if !p.inRange() {
		return Price{}, fmt.Errorf("parse price %#x: %w: want less than 10^%d", b, global.ErrMalformed, maxWhole+Decimals)
	}
	return p, nil
}

// Bytes returns the scaled integer, big-endian and minimal, as FromBytes takes it; nothing for "no price".
func (p Price) Bytes() []byte { return p.scaled.Bytes() }

// Word returns the scaled integer as a uint256 of the Ethereum ABI: 32 bytes, big-endian, as EIP-712 hashes it.
func (p Price) Word() [32]byte { return p.scaled.Bytes32() }
