package price

import (
	"errors"
	"strings"
)

// String returns p as a decimal without exponent and without trailing zeros ("3270.54", "12", "0.000000000000000001");
// "no price" is "0".
func (p Price) String() string {
	digits := p.scaled.Dec()
	if missing := Decimals + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	whole, fraction := digits[:len(digits)-Decimals], digits[len(digits)-Decimals:]
	return strings.TrimSuffix(whole+"."+strings.TrimRight(fraction, "0"), ".")
}

// MarshalText returns p in the form of Price.String, so that JSON has it as a string. "No price" has no text: it is an
// error.
func (p Price) MarshalText() ([]byte, error) {
	if p.IsZero() {
		return nil, errors.New("marshal price: no price")
	}
	return []byte(p.String()), nil
}

// UnmarshalText takes what Parse takes and returns its errors; p keeps its value where there is one.
func (p *Price) UnmarshalText(text []byte) error {
	parsed, err := Parse(string(text))
	if err != nil {
		return err
	}
	*p = parsed
	return nil
}
