package test_test

import (
	"slices"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/node"
)

// stopping is an awkward moment at which a node is told to stop.
type stopping struct {
	name string
	// at is the step; the node is told to stop in the very moment in which it takes it. Empty: begin waits for the moment.
	at node.Step
	// begin comes before the round's start, or for the moment, and returns what mends the fault that it made.
	begin func(c *cluster, s *seat) (mend func())
}

func stoppings() []stopping {
	return []stopping{
		{name: "has its price", at: node.Fetched},
		{name: "sends its proposal", at: node.Proposed},
		{name: "sends a co-signature", at: node.Signed},
		{name: "sends a co-signature, once more", at: node.Signed},
		{name: "sees a quorum", at: node.Quorum},
		{name: "writes", at: node.Stored},
		{name: "fetches", begin: func(c *cluster, s *seat) func() {
			pass(fetchOffset(c, s) + 50*time.Millisecond)
			return func() {}
		}},
		{name: "cut off from all", begin: func(c *cluster, s *seat) func() {
			c.weather.isolate(s.number)
			pass(3 * time.Second)
			return c.weather.clear
		}},
		{name: "waits for a store that hangs", begin: func(c *cluster, _ *seat) func() {
			giveBack := c.takeStore()
			pass(c.settings.SettlePeriod + 2*c.settings.FlushInterval + time.Second)
			return giveBack
		}},
	}
}

// TestClusterStop tells a node to stop at awkward moments. Each time it ends within the bound that halt checks, what it
// signed has reached others, and after its next start all that it verified is stored. The end of the bubble checks that no
// goroutine is left.
func TestClusterStop(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(t *testing.T, c *cluster) {
		seats := c.form(4, 4)
		hears := c.tap(50)
		c.meshed(seats...)
		first := c.rounds(1)[0]
		for i, moment := range stoppings() {
			s, mend := seats[i%len(seats)], func() {}
			if moment.at != "" {
				s.stopAt.Store(&moment.at)
			}
			round := c.nextRound()
			if moment.at != "" {
				eventually(t, c.settings.FetchPriceInterval, moment.name, func() bool { return s.stopAt.Load() == nil })
			} else {
				mend = moment.begin(c, s)
			}
			c.halt(s)
			mend()
			pass(time.Second)
			if cutOff := moment.name == "cut off from all"; !cutOff {
				c.expectHeard(moment.name, hears, s)
			}
			c.start(s)
			c.whole(seats...)
			c.settle()
			c.expectRows(round, c.proposers(round)...)
		}
		pass(agreeWithin + c.settings.FetchPriceInterval)
		c.expectAgreement(first)
	})
}

// TestClusterRollingRestart restarts all nodes one after the other, twice, without waiting for anything but the mesh. No
// round is lost: at most the price of the node that is away is missing.
func TestClusterRollingRestart(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(t *testing.T, c *cluster) {
		seats := c.form(4, 4)
		c.meshed(seats...)
		first := c.nextRound()
		for _, s := range slices.Concat(seats, seats) {
			pass(c.uniform(c.settings.FetchPriceInterval))
			c.halt(s)
			pass(c.uniform(5 * time.Second))
			c.start(s)
			c.whole(seats...)
		}
		last := c.round()
		c.settle()
		rows, rounds := c.rows(), 0
		step := consensus.Round(c.settings.FetchPriceInterval / time.Second)
		for round := first; round < last; round += step {
			rounds++
			if n := len(stored(rows, round)); n < len(seats)-1 {
				t.Errorf("round %d: %d rows", round, n)
			}
			c.expectRows(round, c.proposers(round)...)
		}
		t.Logf("%d restarts in %d rounds", 2*len(seats), rounds)
		pass(agreeWithin + c.settings.FetchPriceInterval)
		c.expectAgreement(first)
	})
}

// proposers returns the seats whose price of a round was proposed.
func (c *cluster) proposers(round consensus.Round) []*seat {
	return slices.DeleteFunc(slices.Clone(c.seats), func(s *seat) bool {
		return len(c.ledger.find(node.Proposed, told(s), about(round))) == 0
	})
}

// expectHeard checks that whatever a node signed before it stopped has reached somebody.
func (c *cluster) expectHeard(when string, hears *tap, s *seat) {
	c.t.Helper()
	heard := hears.signedBy(s.key.Address())
	for _, step := range []node.Step{node.Proposed, node.Signed} {
		for _, n := range c.ledger.find(step, told(s)) {
			if !heard[n.Observation] {
				c.t.Errorf("stop of node%d that %s: %s %s reached nobody", s.number, when, n.Step, n.ID.Short())
			}
		}
	}
}

// fetchOffset returns how far into a round the seat's node fetches.
func fetchOffset(c *cluster, s *seat) time.Duration {
	p := consensus.Policy{Interval: c.settings.FetchPriceInterval, Self: s.key.Address()}
	return p.FetchOffset()
}
