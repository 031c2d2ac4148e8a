package price

import (
	"fmt"
	"strings"

	"github.com/gossip-price/gossip-price/global"
)

// maxSymbol is the length of the longest symbol on either side of a pair.
const maxSymbol = 12

// Pair names a market, base before quote: "ETH-USD" is the price of one ETH in USD (docs/protocol.md, section 1).
type Pair string

// ParsePair takes a pair of the form ^[A-Z0-9]{1,12}-[A-Z0-9]{1,12}$ and refuses every other string with an error that
// wraps global.ErrMalformed.
func ParsePair(s string) (Pair, error) {
	base, quote, found := strings.Cut(s, "-")
	if !found || !isSymbol(base) || !isSymbol(quote) {
		return "", fmt.Errorf("parse pair %.40q: %w: want BASE-QUOTE, 1 to %d capital letters or digits each",
			s, global.ErrMalformed, maxSymbol)
	}
	return Pair(s), nil
}

// Base returns the symbol before the dash, "ETH" of "ETH-USD".
func (p Pair) Base() string {
	base, _, _ := strings.Cut(string(p), "-")
	return base
}

// Quote returns the symbol after the dash, "USD" of "ETH-USD".
func (p Pair) Quote() string {
	_, quote, _ := strings.Cut(string(p), "-")
	return quote
}

// isSymbol tells whether s matches ^[A-Z0-9]{1,12}$.
func isSymbol(s string) bool {
	if s == "" || len(s) > maxSymbol {
		return false
	}
	for i := range len(s) {
		if (s[i] < 'A' || s[i] > 'Z') && !isDigit(s[i]) {
			return false
		}
	}
	return true
}
