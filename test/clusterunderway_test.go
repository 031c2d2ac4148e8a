package test_test

import (
	"testing"
	"time"
)

// TestClusterUnderWay has a cut begin at random moments while prices of a round are fetched, proposed and signed. Once it
// is over all of them reach their quorum within the round: the same bytes again would go nowhere, for gossip has seen them.
func TestClusterUnderWay(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(_ *testing.T, c *cluster) {
		c.settings.FetchPriceInterval, c.settings.PriceFreshness = 100*time.Second, 100*time.Second
		seats := c.form(4, 4)
		c.meshed(seats...)
		first := c.rounds(1)[0]
		for _, long := range []time.Duration{0, 0, 3 * time.Second, 35 * time.Second, 35 * time.Second, 35 * time.Second, time.Minute} {
			round := c.nextRound()
			pass(c.uniform(2500 * time.Millisecond))
			if long == 0 {
				c.reset()
			} else {
				c.weather.change(func(w *weather) { w.cut = func(byte, byte) bool { return true } })
				pass(long)
				c.weather.clear()
			}
			took := c.whole(seats...)
			c.settle()
			c.expectRows(round, seats...)
			c.t.Logf("cut under way: %v | whole after %v", long, took.Round(100*time.Millisecond))
		}
		pass(agreeWithin)
		c.expectAgreement(first)
	})
}
