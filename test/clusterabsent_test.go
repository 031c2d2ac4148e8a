package test_test

import (
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/node"
)

// A node that is away while a proposer is convicted in two rounds learns both when it is back, and nobody sends it the
// prices again without the evidence: so it signs neither of them, nor what the banned proposer says next.
func TestClusterAbsentFromConviction(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(t *testing.T, c *cluster) {
		seats := c.form(4, 3)
		honest, liar, absent := seats[:3], seats[3], seats[2]
		x := c.tap(50)
		c.meshed(honest...)
		c.halt(absent)
		pass(3 * time.Second)
		var rounds []consensus.Round
		for range 2 {
			rounds = append(rounds, c.nextRound())
			pass(2 * time.Second)
			for cents := range int64(2) {
				if err := x.topic.Publish(t.Context(), c.propose(liar, rounds[len(rounds)-1], cents)); err != nil {
					t.Fatal(err)
				}
			}
			pass(time.Second)
		}
		c.start(absent)
		c.meshed(honest...)
		c.settle()
		rounds = append(rounds, c.nextRound())
		pass(2 * time.Second)
		if err := x.topic.Publish(t.Context(), c.propose(liar, rounds[2], 0)); err != nil {
			t.Fatal(err)
		}
		c.settle()
		if n := len(c.ledger.find(node.Convicted, told(absent), of(liar))); n != 2 {
			t.Errorf("the absent node convicted the liar in %d rounds, want 2", n)
		}
		for _, round := range rounds {
			if n := len(c.ledger.find(node.Signed, told(absent), of(liar), about(round))); n != 0 {
				t.Errorf("the absent node signed the liar's price of round %d", round)
			}
		}
		c.expectRows(rounds[2], honest...)
	})
}
