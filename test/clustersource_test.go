package test_test

import (
	"testing"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node"
)

// Nobody signs a price that is 2 % off, and who sees such prices signs nobody else's.
func TestClusterDeviation(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(t *testing.T, c *cluster) {
		seats := c.form(4, 0)
		honest, off := seats[:3], seats[3]
		off.feed.set(20_000, false)
		for _, s := range seats {
			c.start(s)
		}
		c.meshed(seats...)
		for _, round := range c.rounds(3) {
			c.expectRows(round, honest...)
			if len(c.ledger.find(node.Proposed, told(off), about(round))) != 1 {
				t.Errorf("round %d: the node that is off proposed nothing, so nothing was tested", round)
			}
			for _, s := range honest {
				refused := c.ledger.find(node.Refused, told(s), about(round))
				if len(refused) != 1 || !of(off)(refused[0]) || refused[0].Refusal != consensus.RefusedDeviation {
					t.Fatalf("round %d: node%d refused %v, want one price that deviates", round, s.number, refused)
				}
				if own := refused[0].Own.Price; !s.feed.gave(func(q price.Quote) bool { return q.Price == own }) {
					t.Errorf("node%d refused because of a price %s that it never had", s.number, own)
				}
			}
		}
		// Where the others were asked first, there was a quorum before its turn came.
		if n := len(c.ledger.find(node.Refused, told(off))); n == 0 {
			t.Errorf("the node that is off refused nothing, so nothing was tested")
		}
		if n := len(c.ledger.find(node.Signed, told(off))) + len(c.ledger.find(node.Quorum, of(off))); n > 0 {
			t.Errorf("%d signatures or quorums of a price that is 2 %% off", n)
		}
	})
}

// Who has no price proposes nothing and signs nothing. The others go on while they are enough, and stop when they aren't.
func TestClusterSourceDown(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(t *testing.T, c *cluster) {
		seats := c.form(4, 4)
		c.meshed(seats...)

		down := seats[3]
		down.feed.set(0, true)
		c.nextRound() // in which its last price may still be fresh enough to sign by
		for _, round := range c.rounds(2) {
			c.expectRows(round, seats[:3]...)
			c.expectSilence(round, down)
			c.expectStored(round, down, 3)
		}

		seats[2].feed.set(0, true)
		c.nextRound()
		asked := down.feed.asked()
		for _, round := range c.rounds(2) {
			c.expectRows(round)
			c.expectSilence(round, seats[2:]...)
			if n := len(c.ledger.find(node.Quorum, about(round))); n > 0 {
				t.Errorf("round %d: %d quorums with two of four sources", round, n)
			}
		}

		if n := down.feed.asked() - asked; n > 3 { // once in the round before them, too
			t.Errorf("a source that is down was asked %d times in three rounds, want once in each", n)
		}

		seats[2].feed.set(0, false)
		down.feed.set(0, false)
		for _, round := range c.rounds(2) {
			c.expectRows(round, seats...)
		}
	})
}

// expectSilence checks that nodes neither proposed nor signed in a round.
func (c *cluster) expectSilence(round consensus.Round, seats ...*seat) {
	c.t.Helper()
	for _, s := range seats {
		for _, step := range []node.Step{node.Fetched, node.Proposed, node.Signed} {
			if n := len(c.ledger.find(step, told(s), about(round))); n > 0 {
				c.t.Errorf("round %d: node%d without a source tells %d times: %s", round, s.number, n, step)
			}
		}
	}
}
