package test_test

import (
	"testing"

	"github.com/gossip-price/gossip-price/consensus"
)

// A member comes and another one goes as docs/operations.md says, a restart at a time, and the nodes' rosters and quorums differ
// meanwhile: every round has the prices of all members that run and that all know.
func TestClusterMembersComeAndGo(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(_ *testing.T, c *cluster) {
		seats := c.form(5, 0)
		all := c.settings.Signers
		early, late, leaver := seats[:4], seats[4], seats[0]
		c.settings.Signers = all[:4]
		for _, s := range early {
			c.start(s)
		}
		c.whole(early...)

		c.settings.Signers = all
		c.roll(early, early)
		c.start(late)
		c.whole(seats...)
		c.expectRows(c.rounds(1)[0], seats...)

		c.settings.MinimumSignerCount = 4
		c.roll(seats, seats)

		c.settings.Signers, c.settings.MinimumSignerCount = all[1:], 3
		c.roll(seats[1:], seats[1:])
		c.halt(leaver)
		c.expectRows(c.rounds(1)[0], seats[1:]...)

		c.settings.Signers = all // those by which rows are audited
	})
}

// roll restarts nodes one after the other, each in a round of its own, with the settings in force, and expects the rows of
// some in every round.
func (c *cluster) roll(nodes, expected []*seat) {
	c.t.Helper()
	var rounds []consensus.Round
	for _, s := range nodes {
		c.halt(s)
		c.start(s)
		rounds = append(rounds, c.nextRound())
	}
	c.settle()
	for _, round := range rounds {
		c.expectAmongRows(round, expected...)
	}
}
