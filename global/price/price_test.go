package price_test

import (
	"fmt"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/global/price"
)

func TestZeroIsNoPrice(t *testing.T) {
	t.Parallel()
	var none price.Price
	some := parse(t, "1")
	if !none.IsZero() || some.IsZero() {
		t.Errorf("IsZero: none %t, some %t", none.IsZero(), some.IsZero())
	}
	if none.String() != "0" || len(none.Bytes()) != 0 || none.Word() != [32]byte{} {
		t.Errorf("none: %q, %x, %x", none, none.Bytes(), none.Word())
	}
	if text, err := none.MarshalText(); err == nil {
		t.Errorf("MarshalText of none = %q", text)
	}
	if none.Within(some, math.MaxUint64) || some.Within(none, math.MaxUint64) || none.Within(none, 0) {
		t.Error("no price is within a deviation")
	}
}

func TestWithin(t *testing.T) {
	t.Parallel()
	const top = "99999999999999999999.999999999999999999"
	for _, c := range []struct {
		p, own string
		ppm    uint64
		want   bool
	}{
		{"3000", "3000", 0, true},
		{"3000.000000000000000001", "3000", 0, false},
		{"3030", "3000", 10_000, true},
		{"3030.000000000000000001", "3000", 10_000, false},
		{"2970", "3000", 10_000, true},
		{"2969.999999999999999999", "3000", 10_000, false},
		{"0.000000000000000002", "0.000000000000000001", 999_999, false},
		{"0.000000000000000002", "0.000000000000000001", 1_000_000, true},
		{top, "0.000000000000000001", 1_000_000, false},
		{"0.000000000000000001", top, 999_999, false},
		{"0.000000000000000001", top, 1_000_000, true},
		{"1", top, math.MaxUint64, true},
		{top, top, math.MaxUint64, true},
	} {
		t.Run(fmt.Sprint(c.p, c.own, c.ppm), func(t *testing.T) {
			t.Parallel()
			if got := parse(t, c.p).Within(parse(t, c.own), c.ppm); got != c.want {
				t.Errorf("%s within %d ppm of %s: %t", c.p, c.ppm, c.own, got)
			}
		})
	}
}

func TestWithinAgainstBig(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		own := prices().Draw(t, "own")
		ppm := rapid.OneOf(rapid.Uint64Max(1_000_000), rapid.Uint64()).Draw(t, "ppm")
		p := rapid.OneOf(prices(), near(own, ppm)).Draw(t, "p")
		diff := new(big.Int).Sub(scaled(p), scaled(own))
		diff.Mul(diff.Abs(diff), big.NewInt(1_000_000))
		allowed := new(big.Int).Mul(scaled(own), new(big.Int).SetUint64(ppm))
		if got, want := p.Within(own, ppm), diff.Cmp(allowed) <= 0; got != want {
			t.Fatalf("%s within %d ppm of %s: %t, want %t", p, ppm, own, got, want)
		}
	})
}

// near draws prices on, and one unit beside, the edge of what ppm of own allow.
func near(own price.Price, ppm uint64) *rapid.Generator[price.Price] {
	return rapid.Custom(func(t *rapid.T) price.Price {
		edge := new(big.Int).Mul(scaled(own), new(big.Int).SetUint64(ppm))
		edge.Quo(edge, big.NewInt(1_000_000))
		if rapid.Bool().Draw(t, "below") {
			edge.Neg(edge)
		}
		edge.Add(edge, big.NewInt(rapid.Int64Range(-1, 1).Draw(t, "beside")))
		p, err := price.FromBytes(edge.Add(edge, scaled(own)).Bytes())
		if err != nil || edge.Sign() < 0 {
			return own
		}
		return p
	})
}

func parse(t *testing.T, s string) price.Price {
	t.Helper()
	p, err := price.Parse(s)
	if err != nil {
		t.Fatalf("Parse(%q) = %v", s, err)
	}
	return p
}

func TestParts(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		price, lowest, highest string
		want                   int64
	}{
		{"2000", "1995", "2010", 7500},
		{"3", "1", "2", 333_333},
		{"2000", "2000", "2000", 0},
		{"2000", "2001", "2000", 0},
		{"0.000000000000000001", "0.000000000000000001", "99999999999999999999", math.MaxInt64},
		{"99999999999999999999", "0.000000000000000001", "99999999999999999999", 999_999},
	} {
		if got := parse(t, test.price).Parts(parse(t, test.lowest), parse(t, test.highest)); got != test.want {
			t.Errorf("%s from %s to %s: %d, want %d", test.price, test.lowest, test.highest, got, test.want)
		}
	}
	if got := (price.Price{}).Parts(parse(t, "1"), parse(t, "2")); got != 0 {
		t.Errorf("of no price: %d", got)
	}
}
