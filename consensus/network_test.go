package consensus_test

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus"
)

// check compares the nodes and verifies every certificate as a row.
func (s *simulation) check(o consensus.Observation) {
	want := known(s.engines[0], o, s.now)
	if len(want.Attestations) < s.w.policy.Quorum {
		s.t.Fatalf("no quorum: %v", want)
	}
	for node, e := range s.engines {
		if got := known(e, o, s.now); !reflect.DeepEqual(got, want) {
			s.t.Fatalf("node %d knows %v, node 0 %v", node, got, want)
		}
		if n := s.quorums[seenQuorum{node, o.Digest(s.w.domain)}]; n != 1 {
			s.t.Fatalf("node %d told quorum %d times", node, n)
		}
	}
}

func (s *simulation) verifyAll() {
	for _, e := range s.engines {
		for _, c := range e.Unsaved() {
			if err := c.Row().Verify(s.w.policy.Roster.Contains, s.w.policy.Quorum); err != nil {
				s.t.Fatalf("%v: %v", c, err)
			}
		}
	}
}

func TestNetworkAgrees(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := newSimulation(t, 5, rapid.Float64Range(0, 0.6).Draw(t, "loss"))
		for proposer := range rapid.IntRange(1, 2).Draw(t, "proposers") {
			s.propose(proposer, s.w.observation(proposer), nil)
		}
		s.run()
		s.verifyAll()
		s.reconcile()
		s.verifyAll()
		for _, o := range s.published {
			s.check(o)
		}
	})
}

// TestNetworkWithoutLoss needs no reconciling.
func TestNetworkWithoutLoss(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := newSimulation(t, 4, 0)
		s.propose(0, s.w.observation(0), nil)
		s.propose(1, s.w.observation(1), nil)
		s.run()
		s.check(s.w.observation(0))
		s.check(s.w.observation(1))
		s.verifyAll()
	})
}

// TestNetworkWithEquivocation shows two prices of one proposer to different nodes: each node holds one of them, signs
// at most that one, and the honest proposer's price is agreed upon all the same.
func TestNetworkWithEquivocation(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := newSimulation(t, 5, rapid.Float64Range(0, 0.4).Draw(t, "loss"))
		one, two := s.w.observation(4), s.w.observation(4)
		two.Price = parsePrice(t, "3001")
		s.propose(4, one, []int{0, 1})
		s.propose(4, two, []int{2, 3})
		s.propose(0, s.w.observation(0), nil)
		s.run()
		s.reconcile()
		s.check(s.w.observation(0))
		s.verifyAll()
		for node, e := range s.engines {
			if len(known(e, one, s.now).Attestations) > 0 && len(known(e, two, s.now).Attestations) > 0 {
				t.Fatalf("node %d holds both", node)
			}
		}
	})
}
