package test_test

import (
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/node"
)

// A node that starts minutes later proposes from the next round on, and is asked to co-sign as soon as others know it.
func TestClusterLateJoiner(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(t *testing.T, c *cluster) {
		seats := c.form(4, 3)
		early, late := seats[:3], seats[3]
		c.meshed(early...)
		before := c.rounds(2)
		pass(2 * time.Minute)
		c.start(late)
		c.meshed(seats...)
		after := c.rounds(4)

		for _, round := range before {
			c.expectRows(round, early...)
		}
		for _, round := range after {
			c.expectRows(round, seats...)
			c.expectStored(round, late, len(seats))
		}
		signed := 0 // in the first round it is asked last: the others have not heard of it in the rounds before
		for _, round := range after[1:] {
			signed += len(c.ledger.find(node.Signed, told(late), about(round)))
		}
		if signed == 0 {
			t.Errorf("the late node co-signed nothing in %d rounds", len(after)-1)
		}
		c.halt(late)
		c.inspect(late, func(j *store.Journal) {
			for round, want := range map[consensus.Round]bool{before[0]: false, before[1]: false, after[0]: true, after[1]: true} {
				kept, err := j.Proposal(t.Context(), ethUSD, round)
				if err != nil || (kept != nil) != want {
					t.Errorf("round %d: proposal in the late node's journal: %t, %v, want %t", round, kept != nil, err, want)
				}
			}
			if known, err := j.Peers(t.Context()); err != nil || len(known) != len(seats) {
				t.Errorf("the late node remembers %v, %v, want 3 nodes and the bootstrap node", known, err)
			}
		})
	})
}

// The nodes go on without the bootstrap node. Who comes meanwhile joins as soon as it is back.
func TestClusterBootstrapAway(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(t *testing.T, c *cluster) {
		seats := c.form(5, 4)
		early, late := seats[:4], seats[4]
		c.meshed(early...)
		c.bootstrap.stop(t)
		c.bootstrap = nil
		c.start(late)
		for _, round := range c.rounds(2) {
			c.expectRows(round, early...)
		}
		if n := late.node.Peers(); n != 0 {
			t.Errorf("%d peers found without the bootstrap node", n)
		}
		c.startBootstrap()
		c.meshed(seats...)
		for _, round := range c.rounds(2) {
			c.expectRows(round, seats...)
		}
	})
}
