package test_test

import (
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/node"
)

// Nodes that know only the bootstrap node: every price of every round gets its quorum and is stored once, at the first
// flush that is settle seconds after its last signature.
func TestClusterQuorum(t *testing.T) { //nolint:paralleltest // see simulate
	for name, network := range map[string]struct {
		nodes, rounds int
		set           func(c *config.Config)
	}{
		"short rounds":         {4, 3, func(*config.Config) {}},
		"six nodes":            {6, 1, func(c *config.Config) { c.MinimumSignerCount = 4 }},
		"the mission's rounds": {4, 1, missionTimes},
	} {
		t.Run(name, func(t *testing.T) {
			simulate(t, func(t *testing.T, c *cluster) {
				network.set(&c.settings)
				seats := c.form(network.nodes, network.nodes)
				c.meshed(seats...)
				for _, round := range c.rounds(network.rounds) {
					c.expectRows(round, seats...)
					for _, s := range seats {
						if n := len(c.ledger.find(node.Quorum, told(s), about(round))); n != len(seats) {
							t.Errorf("round %d: node%d tells of %d quorums, want %d", round, s.number, n, len(seats))
						}
					}
				}
				c.expectOnTime()
			})
		})
	}
}

// missionTimes sets the intervals that the settings have by default.
func missionTimes(c *config.Config) {
	c.FetchPriceInterval, c.PriceFreshness = 10*time.Minute, 30*time.Second
	c.SettlePeriod, c.FlushInterval = 30*time.Second, 30*time.Second
}

// expectOnTime checks that every row was written at a tick of the flush interval, the first one at which it was due.
func (c *cluster) expectOnTime() {
	c.t.Helper()
	for _, row := range c.rows() {
		written := c.ledger.find(node.Stored, func(n note) bool { return n.ID == row.ID && !n.ByOther })[0].at
		due := row.LastSignedTime.Add(c.settings.SettlePeriod)
		tick := due.Truncate(c.settings.FlushInterval)
		if tick.Before(due) {
			tick = tick.Add(c.settings.FlushInterval)
		}
		// The nodes wait for each other at the file: a little later than the tick is no miss.
		if written.Before(tick) || written.After(tick.Add(time.Second)) {
			c.t.Errorf("row %s: last signed %v, written %v, want at %v", row.ID.Short(), row.LastSignedTime, written, tick)
		}
	}
}
