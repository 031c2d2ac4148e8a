package price

import (
	"fmt"
	"strings"

	"github.com/holiman/uint256"

	"github.com/gossip-price/gossip-price/global"
)

// The grammar of a decimal price, ^[0-9]{1,20}(\.[0-9]{1,30})?$ (docs/protocol.md, section 2): the digits that it takes
// on either side of the point.
const (
	maxWhole    = 20
	maxFraction = 30
)

// Parse takes a decimal of the form ^[0-9]{1,20}(\.[0-9]{1,30})?$, rounds it half to even at 18 decimals, and refuses
// with an error that wraps global.ErrMalformed every other form (a sign, an exponent, a space, "NaN") and what rounds
// to less than 10^-18 or to 10^20 or more.
func Parse(s string) (Price, error) {
	whole, fraction, point := strings.Cut(s, ".")
	if !isDigits(whole, maxWhole) || (point && !isDigits(fraction, maxFraction)) {
		return Price{}, fmt.Errorf("parse price %.60q: %w: want up to %d digits and up to %d decimals",
			s, global.ErrMalformed, maxWhole, maxFraction)
	}
	kept, rest := fraction, ""
	if len(fraction) > Decimals {
		kept, rest = fraction[:Decimals], fraction[Decimals:]
	}
	var p Price
	appendDigits(&p.scaled, whole)
	appendDigits(&p.scaled, kept)
	for range Decimals - len(kept) {
		p.scaled.Mul(&p.scaled, uint256.NewInt(10))
	}
	if roundsUp(rest, p.scaled.Uint64()%2 == 1) {
		p.scaled.AddUint64(&p.scaled, 1)
	}
	if !p.inRange() {
		return Price{}, fmt.Errorf("parse price %.60q: %w: want at least 10^-%d and less than 10^%d",
			s, global.ErrMalformed, Decimals, maxWhole)
	}
	return p, nil
}

// appendDigits writes digits behind those that z has already, in base ten.
func appendDigits(z *uint256.Int, digits string) {
	ten := uint256.NewInt(10)
	for i := range len(digits) {
		z.Mul(z, ten)
		z.AddUint64(z, uint64(digits[i]-'0'))
	}
}

// roundsUp tells whether a number whose last kept digit is odd or even goes up when the digits of rest are cut off:
// half to even.
func roundsUp(rest string, odd bool) bool {
	if rest == "" || rest[0] < '5' {
		return false
	}
	half := rest[0] == '5' && strings.Trim(rest[1:], "0") == ""
	return !half || odd
}

// isDigits tells whether s is one to most ASCII digits.
func isDigits(s string, most int) bool {
	if s == "" || len(s) > most {
		return false
	}
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
