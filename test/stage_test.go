package test_test

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/node"
)

// Whole nodes over real gossipsub publish about quorum messages a price, whatever their number, and reach quorum in little
// more than two deliveries. SIM_NODES=64 adds a larger network, which takes minutes.
func TestClusterStages(t *testing.T) { //nolint:paralleltest // see simulate
	largest, err := strconv.Atoi(cmp.Or(os.Getenv("SIM_NODES"), "16"))
	if err != nil {
		t.Fatal(err)
	}
	for _, nodes := range []int{4, 16, 64} { //nolint:paralleltest // see simulate
		if nodes > largest {
			continue
		}
		t.Run(fmt.Sprint(nodes), func(t *testing.T) {
			simulate(t, func(t *testing.T, c *cluster) {
				c.settings.Proposers = 4
				seats := c.form(nodes, nodes)
				c.meshed(seats...)
				c.rounds(2) // in which they get to know each other
				rounds := c.rounds(6)
				published := c.published(rounds)
				got, prices := c.quorumTimes(rounds)
				if prices != len(rounds)*min(nodes, c.settings.Proposers) || len(got) != prices*nodes {
					t.Errorf("%d prices, %d quorums told", prices, len(got))
				}
				perPrice := float64(published) / float64(prices)
				slices.Sort(got)
				t.Logf("%d nodes: %.2f messages a price of %d, quorum after %v at p50, %v at p99; a packet takes %v",
					nodes, perPrice, prices, got[len(got)/2], got[len(got)*99/100], oneWay)
				if perPrice > 3.1 {
					t.Errorf("%.2f messages a price, want at most 3.1", perPrice)
				}
			})
		})
	}
}

// published returns how many reports of the rounds were published: proposals and co-signatures.
func (c *cluster) published(rounds []consensus.Round) int {
	in := func(n note) bool { return slices.Contains(rounds, n.Observation.Round) }
	return len(c.ledger.find(node.Proposed, in)) + len(c.ledger.find(node.Signed, in))
}

// quorumTimes returns how long after its proposal each price of the rounds had its quorum on each node, and how many
// prices that were.
func (c *cluster) quorumTimes(rounds []consensus.Round) (times []time.Duration, prices int) {
	in := func(n note) bool { return slices.Contains(rounds, n.Observation.Round) }
	proposed := make(map[signing.Digest]time.Time)
	for _, n := range c.ledger.find(node.Proposed, in) {
		proposed[n.ID] = n.at
	}
	for _, n := range c.ledger.find(node.Quorum, in) {
		times = append(times, n.at.Sub(proposed[n.ID]))
	}
	return times, len(proposed)
}

// A member that is not there is waited for during one stage, not a second, until it was not heard of for two rounds; then
// nobody waits for it.
func TestClusterStageDelay(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(t *testing.T, c *cluster) {
		c.settings.StageDelay = 200 * time.Millisecond
		const twoDeliveries, own = 2 * oneWay, 5 * time.Millisecond
		seats := c.form(4, 4)
		c.meshed(seats...)
		c.rounds(2)
		c.halt(seats[3])
		slowest := func(rounds []consensus.Round) time.Duration {
			got, prices := c.quorumTimes(rounds)
			if prices != 3*len(rounds) {
				t.Errorf("%d prices", prices)
			}
			return slices.Max(got)
		}
		missed := []consensus.Round{c.nextRound(), c.nextRound()}
		known := c.rounds(2)
		if waited := slowest(missed); waited < c.settings.StageDelay || waited > c.settings.StageDelay+twoDeliveries+own {
			t.Errorf("quorum after %v at most while a member was missed", waited)
		}
		if waited := slowest(known); waited > twoDeliveries+own {
			t.Errorf("quorum after %v at most though the member was known to be silent", waited)
		}
	})
}
