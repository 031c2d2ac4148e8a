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
	live(t, false)
}

// TestStagedLivenessOverPeers is the same where a node has a few peers only, which pass on what is new to them and nothing else, and
// those that live are just connected.
func TestStagedLivenessOverPeers(t *testing.T) {
	t.Parallel()
	live(t, true)
}

func live(t *testing.T, sparse bool) {
	t.Helper()
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
			reached += s.ordeal(t, round+consensus.Round(k*600), slowest, sparse)
		}
	})
	t.Logf("%d prices reached quorum", reached)
	if reached == 0 {
		t.Error("no price reached quorum, so nothing was tested")
	}
}

// ordeal runs a round in which fate strikes, and returns how many prices it checked.
func (s *sea) ordeal(t *rapid.T, r consensus.Round, slowest time.Duration, sparse bool) (reached int) {
	s.now = r.Start()
	able, lasting := 0, s.nodes[:1:1]
	for i, n := range s.nodes {
		own := []string{"3000", "3000", "3000", "4000"}[s.random.IntN(4)]
		n.alive = s.random.IntN(5) > 0
		switch {
		case i > 0 && s.random.IntN(5) == 0: // dies while it is needed
			s.after(time.Duration(s.random.Int64N(int64(3*slowest))), func() { n.alive = false })
		case i == 0:
			n.alive, own = true, "3000"
		case n.alive:
			lasting = append(lasting, n)
			if own == "3000" {
				able++
			}
		}
		observe(t, n.engine, own, s.now)
	}
	// The last one hears of it after a delivery, signs in the last turn, and is heard of after another delivery.
	delivery := slowest
	if sparse {
		s.connect(lasting)
		delivery *= time.Duration(len(lasting))
	}
	proposer := s.nodes[0]
	s.propose(proposer, "3000", r)
	o := proposer.engine.Observation(observe(t, proposer.engine, "3000", s.now), r)
	s.run(r.Start().Add(5 * time.Minute))
	if able < s.policy.Quorum-1 {
		return 0
	}
	bound := 2*delivery + s.policy.LastTurn()
	for i, n := range s.nodes {
		at, ok := n.quorums[o]
		if n.alive && (!ok || at.Sub(s.proposed[o]) > bound) {
			t.Fatalf("node %d: quorum %t after %s, want it within %s", i, ok, at.Sub(s.proposed[o]), bound)
		}
	}
	return 1
}

// connect makes one tree of the nodes that will live, and gives each that lives now a few peers more.
func (s *sea) connect(lasting []*swimmer) {
	join := func(a, b *swimmer) { a.peers, b.peers = append(a.peers, b), append(b.peers, a) }
	for _, n := range s.nodes {
		n.peers = []*swimmer{}
	}
	for i, n := range lasting[1:] {
		join(n, lasting[s.random.IntN(i+1)])
	}
	for _, n := range s.nodes {
		for range s.random.IntN(3) {
			join(n, s.nodes[s.random.IntN(len(s.nodes))])
		}
	}
}
