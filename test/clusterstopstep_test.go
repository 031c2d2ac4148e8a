package test_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/node"
)

// TestClusterStopAtStep tells a node to stop in the very moment in which it takes a step: it has its price, its proposal
// or co-signature is being sent, its price has a quorum, it writes; and while a store hangs. Each time it ends in time, what
// it signed has reached others, and after its next start all that it verified is stored.
func TestClusterStopAtStep(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(t *testing.T, c *cluster) {
		seats := c.form(4, 4)
		hears := c.tap(50)
		c.meshed(seats...)
		c.rounds(1)
		for i, step := range []node.Step{node.Fetched, node.Proposed, node.Signed, node.Signed, node.Quorum, node.Stored} {
			s := seats[i%len(seats)]
			s.stopAt.Store(&step)
			round := c.nextRound()
			eventually(t, c.settings.FetchPriceInterval, string(step), func() bool { return s.stopAt.Load() == nil })
			c.halt(s)
			pass(time.Second)
			c.expectHeard(hears, s)
			c.start(s)
			c.whole(seats...)
			c.settle()
			c.expectRows(round, c.proposers(round)...)
		}
	})
}

// TestClusterRollingRestart restarts all nodes one after the other, without waiting for anything but the mesh. No round is
// lost: each has the certificates of all who lived through it, and at most the restarting node's is missing.
func TestClusterRollingRestart(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(t *testing.T, c *cluster) {
		random := rand.New(rand.NewPCG(7, 8))
		seats := c.form(4, 4)
		c.meshed(seats...)
		first := c.nextRound()
		for _, s := range slices.Concat(seats, seats) {
			pass(time.Duration(random.Int64N(int64(c.settings.FetchPriceInterval))))
			c.halt(s)
			pass(time.Duration(random.Int64N(int64(5 * time.Second))))
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
	})
}

// proposers returns the seats whose price of a round was proposed.
func (c *cluster) proposers(round consensus.Round) []*seat {
	return slices.DeleteFunc(slices.Clone(c.seats), func(s *seat) bool {
		return len(c.ledger.find(node.Proposed, told(s), about(round))) == 0
	})
}

// expectHeard checks that whatever a node signed before it stopped has reached somebody.
func (c *cluster) expectHeard(hears *tap, s *seat) {
	c.t.Helper()
	own := s.key.Address()
	heard := make(map[consensus.Observation]bool)
	hears.mu.Lock()
	for _, r := range hears.heard {
		heard[r.Observation] = heard[r.Observation] ||
			slices.ContainsFunc(r.Attestations, func(a consensus.Attestation) bool { return a.Signer == own })
	}
	hears.mu.Unlock()
	for _, step := range []node.Step{node.Proposed, node.Signed} {
		for _, n := range c.ledger.find(step, told(s)) {
			if !heard[n.Observation] {
				c.t.Errorf("node%d: %s, %s, reached nobody", s.number, n.Step, n.ID.Short())
			}
		}
	}
}
