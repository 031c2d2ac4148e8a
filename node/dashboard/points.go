package dashboard

import (
	"slices"
	"time"

	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node/api"
)

// point is one round of the chart.
type point struct {
	Round                  time.Time
	Price, Lowest, Highest string
	Count                  int

	middle, low, high price.Price
	after             int // rounds since the chart's first
}

// newPoints returns the complete rounds with certificates, the oldest first, and the least time between two.
func newPoints(pair price.Pair, stories []api.Story) (points []point, step time.Duration) {
	for _, s := range slices.Backward(stories) {
		prices := certified(pair, s)
		if !s.Complete || len(prices) == 0 {
			continue
		}
		low, middle, high := prices[0], prices[(len(prices)-1)/2], prices[len(prices)-1]
		p := point{
			Round: time.Time(s.RoundTime).UTC(), Count: len(prices), low: low, middle: middle, high: high,
			Price: group(middle.String()), Lowest: group(low.String()), Highest: group(high.String()),
		}
		if len(points) > 0 {
			between := p.Round.Sub(points[len(points)-1].Round)
			if between <= 0 {
				continue // not a later round
			}
			if step == 0 || between < step {
				step = between
			}
		}
		points = append(points, p)
	}
	for i := range points {
		if step > 0 {
			points[i].after = int(points[i].Round.Sub(points[0].Round) / step)
		}
	}
	return points, step
}

// certified returns the prices of a round that count, in their order: as the latest price is chosen (api.Latest).
func certified(pair price.Pair, s api.Story) []price.Price {
	var prices []price.Price
	for i := range s.Proposals {
		if p := &s.Proposals[i]; p.Pair == pair && p.Verified && !p.Convicted {
			prices = append(prices, p.Price)
		}
	}
	slices.SortFunc(prices, price.Price.Compare)
	return prices
}
