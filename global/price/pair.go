package price

import (
	"errors"
	"fmt"
	"strings"
)

// maxSymbol is the length of the longest symbol on either side of a pair.
const maxSymbol = 12

// ErrPair is wrapped by every error that refuses a pair for its form: by
// [ParsePair], [NewReplay] and [Coinbase.Fetch].
var ErrPair = errors.New("invalid pair")

// Pair names a market, base before quote: "ETH-USD" is the price of one ETH in
// USD (design section 1).
type Pair string

// ParsePair takes a pair of the form ^[A-Z0-9]{1,12}-[A-Z0-9]{1,12}$ and refuses
// every other string with an error that wraps [ErrPair].
func ParsePair(s string) (Pair, error) {
	base, quote, found := strings.Cut(s, "-")
	if !found || !isSymbol(base) || !isSymbol(quote) {
		return "", fmt.Errorf("%w %.40q: want BASE-QUOTE, 1 to %d capital letters or digits each",
			ErrPair, s, maxSymbol)
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

// isSymbol reports whether s matches ^[A-Z0-9]{1,12}$.
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
