package test_test

import (
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
)

// A node is told to stop at awkward moments, and does so within the bound that halt checks; the end of the bubble checks
// that no goroutine is left. What it had in its outbox it writes after the next start: the audit would find it.
func TestClusterStop(t *testing.T) { //nolint:paralleltest // see simulate
	nothing := func() {}
	for name, wait := range map[string]func(c *cluster, s *seat) (mend func()){ //nolint:paralleltest // see simulate
		"while it fetches": func(c *cluster, s *seat) func() {
			c.nextRound()
			pass(fetchOffset(c, s) + 50*time.Millisecond)
			return nothing
		},
		"in the wave of signatures": func(c *cluster, s *seat) func() {
			c.nextRound()
			pass(fetchOffset(c, s) + 160*time.Millisecond)
			return nothing
		},
		"cut off from all": func(c *cluster, s *seat) func() {
			c.nextRound()
			c.weather.isolate(s.number)
			pass(3 * time.Second)
			return c.weather.clear
		},
		"while it waits for the store": func(c *cluster, _ *seat) func() {
			c.nextRound()
			giveBack := c.takeStore()
			pass(c.settings.SettlePeriod + 2*c.settings.FlushInterval + time.Second)
			return giveBack
		},
	} {
		t.Run(name, func(t *testing.T) {
			simulate(t, func(t *testing.T, c *cluster) {
				seats := c.form(4, 4)
				c.meshed(seats...)
				mend := wait(c, seats[0])
				c.halt(seats[0])
				mend()
				c.start(seats[0])
				eventually(t, time.Minute, "the node is back", func() bool { return seats[0].node.Peers() == 3 })
				c.expectRows(c.rounds(1)[0], seats...)
			})
		})
	}
}

// fetchOffset returns how far into a round the seat's node fetches.
func fetchOffset(c *cluster, s *seat) time.Duration {
	p := consensus.Policy{Interval: c.settings.FetchPriceInterval, Self: s.key.Address()}
	return p.FetchOffset()
}
