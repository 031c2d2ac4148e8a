package test_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/node"
)

// A node that crashes in the middle of a round, after its price had its quorum and before it was written, proposes no
// second price, though its source has another one by now, and writes what its outbox holds.
func TestClusterCrashAfterQuorum(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(t *testing.T, c *cluster) {
		seats := c.form(4, 4)
		hears, crashing := c.tap(50), seats[0]
		c.meshed(seats...)
		round := c.nextRound()
		eventually(t, 4*time.Second, "all prices of the round have a quorum on the node", func() bool {
			return len(c.ledger.find(node.Quorum, told(crashing), about(round))) == len(seats)
		})
		c.crash(crashing)
		c.inspect(crashing, func(j *store.Journal) {
			if waiting, err := j.Waiting(t.Context()); err != nil || len(waiting) != len(seats) {
				t.Fatalf("the crash left %d certificates in the outbox, %v, want %d", len(waiting), err, len(seats))
			}
		})
		crashing.feed.set(1_000, false)
		restarted := time.Now()
		c.start(crashing)
		pass(10 * time.Second) // the round is not over
		if n := len(c.ledger.find(node.Fetched, told(crashing), since(restarted))); n > 0 {
			t.Errorf("after the restart %d prices were made in the same round", n)
		}
		for _, s := range seats {
			eventually(t, 10*c.settings.FlushInterval, fmt.Sprintf("the restarted node knows that the price of node%d is stored", s.number), func() bool {
				return len(c.ledger.find(node.Stored, told(crashing), of(s), about(round), since(restarted))) == 1
			})
		}
		c.expectRows(round, seats...)
		for _, later := range c.rounds(2) {
			c.expectRows(later, seats...)
		}
		c.expectOneProposal(hears)
	})
}

// A node that crashes when its proposal is on disk but has reached nobody publishes that very proposal after the restart,
// and it gets its quorum in the same round.
func TestClusterCrashBeforePublish(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(t *testing.T, c *cluster) {
		seats := c.form(4, 4)
		hears, crashing := c.tap(50), seats[0]
		c.meshed(seats...)
		pass(time.Until(c.round().Start().Add(c.settings.FetchPriceInterval - time.Second)))
		c.weather.isolate(crashing.number)
		round := c.nextRound()
		var id signing.Digest
		eventually(t, 4*time.Second, "the node proposes", func() bool {
			proposed := c.ledger.find(node.Proposed, told(crashing), about(round))
			if len(proposed) == 1 {
				id = proposed[0].ID
			}
			return len(proposed) == 1
		})
		c.crash(crashing)
		if n := hears.places()[place{crashing.key.Address(), round}]; n != 0 {
			t.Fatalf("%d proposals got out, so nothing is tested", n)
		}
		crashing.feed.set(1_000, false)
		c.start(crashing)
		c.settle()
		row, ok := stored(c.rows(), round)[crashing.key.Address()]
		if !ok || row.ID != id {
			t.Errorf("the round has the row %s of the restarted node, want %s of before the crash", row.ID.Short(), id.Short())
		}
		c.expectOneProposal(hears)
	})
}

// expectOneProposal checks that nobody heard two prices of one proposer in a round.
func (c *cluster) expectOneProposal(hears *tap) {
	c.t.Helper()
	places := hears.places()
	if len(places) == 0 {
		c.t.Error("nothing was heard, so nothing was tested")
	}
	for place, n := range places {
		if n > 1 {
			c.t.Errorf("round %d: %s proposed %d prices", place.Round, place.Proposer, n)
		}
	}
}
