package test_test

import (
	"os"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/node"
)

// agreeWithin is how long after the last cut, or start, all nodes hold the same certificates: until the network is whole,
// and a comparison.
const agreeWithin = wholeWithin + 10*time.Second

// archive returns what the archive of a stopped node holds of the rounds between two, both of them in it.
func (c *cluster) archive(s *seat, from, until consensus.Round) map[signing.Digest]consensus.Round {
	held := make(map[signing.Digest]consensus.Round)
	c.inspect(s, func(j *store.Journal) {
		err := j.Archive(c.t.Context(), func(a store.Archived) {
			if a.Round >= from && a.Round <= until {
				held[a.ID] = a.Round
			}
		})
		if err != nil {
			c.t.Error(err)
		}
	})
	return held
}

// expectAgreement stops the nodes, after a round, and checks that their archives hold the same certificates of the rounds since the given
// one that are over by now, and that all of those are rows. It returns how many.
func (c *cluster) expectAgreement(from consensus.Round) int {
	c.t.Helper()
	c.nextRound()
	c.settle() // so that nothing is under way
	until := consensus.RoundAt(time.Now().Add(-c.settings.FetchPriceInterval-agreeWithin), c.settings.FetchPriceInterval)
	for _, s := range c.seats {
		if s.running != nil {
			c.halt(s)
		}
	}
	want := make(map[signing.Digest]bool)
	for _, r := range c.rows() {
		if round := consensus.Round(r.RoundTime.Unix()); round >= from && round <= until {
			want[r.ID] = true
		}
	}
	for _, s := range c.seats {
		held := c.archive(s, from, until)
		for id := range want {
			if _, ok := held[id]; !ok {
				c.t.Errorf("node%d lacks certificate %s", s.number, id.Short())
			}
		}
		if len(held) != len(want) {
			c.t.Errorf("node%d holds %d certificates, and there are %d rows", s.number, len(held), len(want))
		}
	}
	return len(want)
}

// A node that was away for an hour has all that it missed within a moment of its return.
func TestClusterAbsentForAnHour(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(t *testing.T, c *cluster) {
		c.settings.FetchPriceInterval = time.Minute
		seats := c.form(4, 4)
		c.meshed(seats...)
		began := c.rounds(1)[0]
		c.halt(seats[3])
		pass(time.Hour)
		c.start(seats[3])
		pass(agreeWithin)
		if n := sumMetrics(c, seats[3].metrics)["sync_fetched_total"]; n < 3*59 {
			t.Errorf("%v certificates fetched of 60 rounds with 3 prices", n)
		}
		pass(c.settings.FetchPriceInterval)
		if n := c.expectAgreement(began); n < 3*60 {
			t.Errorf("%d certificates of more than 60 rounds with 3 prices", n)
		}
	})
}

// Two halves for ten minutes, of which one has a quorum or none: once they are together again all nodes hold the same.
func TestClusterHalvesAgree(t *testing.T) { //nolint:paralleltest // see simulate
	for name, small := range map[string]byte{"one half has a quorum": 1, "no half has a quorum": 2} { //nolint:paralleltest // see simulate
		t.Run(name, func(t *testing.T) {
			simulate(t, func(t *testing.T, c *cluster) {
				seats := c.form(4, 4)
				c.meshed(seats...)
				began := c.rounds(1)[0]
				c.weather.change(func(w *weather) { w.cut = func(from, to byte) bool { return (from <= small) != (to <= small) } })
				pass(10 * time.Minute)
				c.weather.clear()
				pass(agreeWithin)
				c.rounds(1)
				pass(agreeWithin + c.settings.FetchPriceInterval)
				n := c.expectAgreement(began)
				t.Logf("%d certificates in all archives", n)
				if small == 1 && n < 3*28 {
					t.Errorf("%d certificates, though three nodes were together for 30 rounds", n)
				}
			})
		})
	}
}

// TestClusterLostFolder takes a node's data folder away in the middle of a round that it has signed in, while its source
// gives another price: it signs nothing a second time, for its peers tell it, and gets the archive back.
func TestClusterLostFolder(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(t *testing.T, c *cluster) {
		c.settings.FetchPriceInterval = time.Minute
		seats := c.form(4, 4)
		hears, lost := c.tap(50), seats[0]
		c.meshed(seats...)
		rounds := c.rounds(5)
		round := c.nextRound()
		pass(10 * time.Second)
		if len(c.ledger.find(node.Proposed, told(lost), about(round))) != 1 {
			t.Fatal("the node has not proposed, so nothing is tested")
		}
		c.halt(lost)
		if err := os.RemoveAll(lost.folder); err != nil {
			t.Fatal(err)
		}
		lost.feed.set(1_000, false)
		again := time.Now()
		c.start(lost)
		c.settle()
		c.nextRound()
		for _, step := range []node.Step{node.Proposed, node.Signed} {
			if found := c.ledger.find(step, told(lost), about(round), since(again)); len(found) > 0 {
				t.Errorf("%s again in the round of the loss: %v", step, found)
			}
		}
		if n := len(c.ledger.find(node.Convicted)); n > 0 {
			t.Errorf("%d convictions", n)
		}
		pass(agreeWithin + c.settings.FetchPriceInterval)
		c.expectOneProposal(hears)
		if n := c.expectAgreement(rounds[0]); n < 4*5 {
			t.Errorf("%d certificates, want those of 5 rounds and more", n)
		}
	})
}
