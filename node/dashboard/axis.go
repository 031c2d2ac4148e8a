package dashboard

import (
	"math/big"
	"strings"

	"github.com/gossip-price/gossip-price/global/price"
)

// least is what part of a price an axis spans at least: a quiet market is to look quiet.
const least = 2000

// axis is the scale of a chart: from low to high in round steps. Prices are integers, scaled by 10^18, here too.
type axis struct {
	low, high, step *big.Int
	zeros           int // at the step's end
}

// newAxis returns an axis that holds the prices from lowest to highest.
func newAxis(lowest, highest price.Price) axis {
	low, high := scaled(lowest), scaled(highest)
	width := new(big.Int).Sub(high, low)
	if narrow := new(big.Int).Div(high, big.NewInt(least)); width.Cmp(narrow) < 0 {
		width = narrow
	}
	a := axis{}
	a.step, a.zeros = roundStep(width.Div(width, big.NewInt(3)))
	a.low = new(big.Int).Mul(new(big.Int).Div(low, a.step), a.step)
	a.high = new(big.Int).Add(high, a.step)
	a.high.Mul(a.high.Div(a.high, a.step), a.step)
	return a
}

// roundStep returns the first of 1, 2, 5, 10, 20, .. that is not less, and how many zeros it ends with.
func roundStep(wanted *big.Int) (step *big.Int, zeros int) {
	ten := big.NewInt(1)
	for ; ; zeros++ { // prices have 38 digits at most
		for _, first := range []int64{1, 2, 5} {
			step = new(big.Int).Mul(ten, big.NewInt(first))
			if step.Cmp(wanted) >= 0 {
				return step, zeros
			}
		}
		ten.Mul(ten, big.NewInt(10))
	}
}

// height returns how far below the top of the chart a price is.
func (a axis) height(p price.Price) int { return a.below(scaled(p)) }

func (a axis) below(p *big.Int) int {
	below := new(big.Int).Sub(a.high, p)
	below.Mul(below, big.NewInt(chartHeight))
	return int(below.Div(below, new(big.Int).Sub(a.high, a.low)).Int64())
}

// levels calls f with each level, from the top.
func (a axis) levels(f func(level *big.Int)) {
	for level := new(big.Int).Set(a.high); level.Cmp(a.low) >= 0; level.Sub(level, a.step) {
		f(level)
	}
}

// heights returns where the levels are.
func (a axis) heights() []int {
	var list []int
	a.levels(func(level *big.Int) { list = append(list, a.below(level)) })
	return list
}

// labels returns the levels with as many decimals as the step has.
func (a axis) labels() []string {
	one := new(big.Int).Exp(big.NewInt(10), big.NewInt(price.Decimals), nil)
	decimals := max(0, price.Decimals-a.zeros)
	var list []string
	a.levels(func(level *big.Int) {
		whole, fraction, point := strings.Cut(new(big.Rat).SetFrac(level, one).FloatString(decimals), ".")
		if point {
			fraction = "." + fraction
		}
		list = append(list, thousands(whole)+fraction)
	})
	return list
}

func scaled(p price.Price) *big.Int { return new(big.Int).SetBytes(p.Bytes()) }
