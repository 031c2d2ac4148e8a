package price_test

import (
	"math/big"
	"regexp"

	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/global/price"
)

// reference returns the scaled integer of s, or nil where s is to be refused.
func reference(re *regexp.Regexp, s string) *big.Int {
	if !re.MatchString(s) {
		return nil
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return nil
	}
	r.Mul(r, new(big.Rat).SetInt(power(price.Decimals)))
	whole, rest := new(big.Int).DivMod(r.Num(), r.Denom(), new(big.Int))
	switch rest.Lsh(rest, 1).Cmp(r.Denom()) {
	case +1:
		whole.Add(whole, big.NewInt(1))
	case 0:
		whole.Add(whole, big.NewInt(int64(whole.Bit(0))))
	}
	if whole.Sign() == 0 || whole.Cmp(power(38)) >= 0 {
		return nil
	}
	return whole
}

func power(n int64) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(n), nil) }

// scaled returns price x 10^18.
func scaled(p price.Price) *big.Int {
	word := p.Word()
	return new(big.Int).SetBytes(word[:])
}

// prices draws valid prices of every magnitude.
func prices() *rapid.Generator[price.Price] {
	return rapid.Custom(func(t *rapid.T) price.Price {
		digits := rapid.StringMatching(`[1-9][0-9]{0,37}`).Draw(t, "scaled")
		n, _ := new(big.Int).SetString(digits, 10)
		p, err := price.FromBytes(n.Bytes())
		if err != nil {
			t.Fatalf("FromBytes(%s) = %v", digits, err)
		}
		return p
	})
}
