package test_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// TestClusterUnderWay has a cut begin at random moments while prices of a round are fetched, proposed and signed. Once it
// is over all of them reach their quorum within the round: the same bytes again would go nowhere, for gossip has seen them.
func TestClusterUnderWay(t *testing.T) { //nolint:paralleltest // see simulate
	const each = 4
	for _, long := range []time.Duration{0, 3 * time.Second, 35 * time.Second, time.Minute} { //nolint:paralleltest // see simulate
		t.Run(fmt.Sprint(long), func(t *testing.T) {
			simulate(t, func(_ *testing.T, c *cluster) {
				c.settings.FetchPriceInterval, c.settings.PriceFreshness = 3*time.Minute, 3*time.Minute
				random := rand.New(rand.NewPCG(3, uint64(long)))
				seats := c.form(4, 4)
				c.meshed(seats...)
				c.rounds(1)
				for range each {
					round := c.nextRound()
					at := time.Duration(random.Int64N(int64(2500 * time.Millisecond)))
					pass(at)
					if long == 0 {
						c.reset()
					} else {
						c.weather.change(func(w *weather) { w.cut = func(byte, byte) bool { return true } })
						pass(long)
						c.weather.clear()
					}
					c.whole(seats...)
					c.settle()
					c.expectRows(round, seats...)
				}
			})
		})
	}
}
