package test_test

import (
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/node"
)

// A node whose machine is lost, so that nobody is told that its connections are over, comes up on another one at once. It
// takes part again, and goes on doing so when the others give up the connections of before.
func TestClusterPowerCut(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(t *testing.T, c *cluster) {
		seats := c.form(4, 4)
		lost := seats[0]
		c.meshed(seats...)
		c.nextRound()
		pass(3 * time.Second)
		c.crash(lost)
		lost.number = 11
		c.start(lost)
		for _, round := range c.rounds(4)[1:] { // the connections end during the first or second of them
			c.expectRows(round, seats...)
			for _, s := range seats {
				if n := len(c.ledger.find(node.Quorum, told(s), about(round))); n != len(seats) {
					t.Errorf("round %d: node%d tells of %d quorums, want %d", round, s.number, n, len(seats))
				}
			}
		}
	})
}
