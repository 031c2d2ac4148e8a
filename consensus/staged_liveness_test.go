package consensus_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus"
)

// TestStagedLiveness is that no schedule can dead-lock (section 3.5): in networks of random size and quorum, with nodes that
// are dead, die in the middle of it, refuse, or have heard of nobody, and messages that take up to many stages, every
// price that enough living nodes can stand for reaches its quorum on every living node, and in the time that is stated.
func TestStagedLiveness(t *testing.T) {
	t.Parallel()
	reached := 0
	rapid.Check(t, func(t *rapid.T) {
		members := rapid.IntRange(2, 40).Draw(t, "members")
		quorum := rapid.IntRange(1, members).Draw(t, "quorum")
		slowest := time.Duration(rapid.IntRange(1, 1000).Draw(t, "slowest delivery")) * time.Millisecond
		s := newSea(t, members, rapid.Uint64().Draw(t, "seed"), func(random *rand.Rand) time.Duration {
			if random.IntN(2) == 0 {
				return slowest // lost, and repaired
			}
			return time.Duration(random.Int64N(int64(slowest)))
		})
		s.policy.Quorum, s.policy.StageDelay, s.policy.Skew = quorum, stage, time.Minute
		s.open()
		for k := range rapid.IntRange(1, 4).Draw(t, "rounds") {
			reached += s.ordeal(t, round+consensus.Round(k*600), slowest)
		}
	})
	t.Logf("%d prices reached quorum", reached)
	if reached == 0 {
		t.Error("no price reached quorum, so nothing was tested")
	}
}

// ordeal runs a round in which fate strikes, and returns how many prices it checked.
func (s *sea) ordeal(t *rapid.T, r consensus.Round, slowest time.Duration) (reached int) {
	s.now = r.Start()
	able := 0
	for i, n := range s.nodes {
		own := []string{"3000", "3000", "3000", "4000"}[s.random.IntN(4)]
		n.alive = s.random.IntN(5) > 0
		switch {
		case i > 0 && s.random.IntN(5) == 0: // dies while it is needed
			s.after(time.Duration(s.random.Int64N(int64(3*slowest))), func() { n.alive = false })
		case i == 0:
			n.alive, own = true, "3000"
		case n.alive && own == "3000":
			able++
		}
		observe(t, n.engine, own, s.now)
	}
	proposer := s.nodes[0]
	s.propose(proposer, "3000", r)
	o := proposer.engine.Observation(observe(t, proposer.engine, "3000", s.now), r)
	s.run(r.Start().Add(5 * time.Minute))
	if able < s.policy.Quorum-1 {
		return 0
	}
	// The last one hears of it after a delivery, signs after the stages in which the window reaches all, and is heard of
	// after another delivery.
	bound := 2*slowest + s.policy.LastTurn()
	for i, n := range s.nodes {
		at, ok := n.quorums[o]
		if n.alive && (!ok || at.Sub(s.proposed[o]) > bound) {
			t.Fatalf("node %d: quorum %t after %s, want it within %s", i, ok, at.Sub(s.proposed[o]), bound)
		}
	}
	return 1
}
