package test_test

import (
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/node"
)

// A member signs several prices for one round, all of them near the market: every honest node signs one at most, one at
// most gets a row, all of them have the proof of it, the rounds go on, and after the second time the member is banned.
func TestHostileEquivocation(t *testing.T) { //nolint:paralleltest // see simulate
	toOne := func(s *siege, prices []consensus.Report) {
		for i, h := range s.honest {
			s.show(prices[i], h)
		}
	}
	twoHalves := func(s *siege, prices []consensus.Report) {
		s.show(prices[0], s.honest[0])
		s.show(prices[1], s.honest[1:]...)
	}
	afterQuorum := func(s *siege, prices []consensus.Report) {
		s.show(prices[0], s.honest...)
		pass(3 * time.Second)
		s.show(prices[1], s.honest...)
		s.show(prices[2], s.honest...)
	}
	allToAll := func(s *siege, prices []consensus.Report) {
		for i := range prices {
			for j, h := range s.honest {
				s.show(prices[(i+j)%len(prices)], h)
			}
		}
	}
	for name, acts := range map[string][]func(s *siege, prices []consensus.Report){ //nolint:paralleltest // see simulate
		"two halves, three prices": {twoHalves, toOne},
		"after quorum, all to all": {afterQuorum, allToAll},
	} {
		t.Run(name, func(t *testing.T) {
			besiege(t, member, func(_ *testing.T, s *siege) {
				s.mayStay = true // its key is banned, not its connection: it may pass on what others say
				for _, act := range acts {
					round := s.nextRound()
					pass(5 * time.Second)
					act(s, s.severalPrices(round, 3))
					s.settle()
					s.expectOneVoice(round)
				}
				s.expectBanned()
			})
		})
	}
}

// expectBanned checks that an honest price of the member, after two rounds with a proven fault, is refused by all.
func (s *siege) expectBanned() {
	s.t.Helper()
	round := s.nextRound()
	pass(5 * time.Second)
	s.show(s.severalPrices(round, 1)[0], s.honest...)
	s.settle()
	refused := s.ledger.find(node.Refused, of(s.bad), about(round))
	if len(refused) != len(s.honest) || refused[0].Refusal != consensus.RefusedBanned {
		s.t.Errorf("the member's next price was refused by %d nodes, want all, for its ban: %+v", len(refused), refused)
	}
	if n := len(s.ledger.find(node.Signed, of(s.bad), about(round))); n > 0 {
		s.t.Errorf("%d nodes signed a price of the banned member", n)
	}
}

// severalPrices returns the member's reports of different prices for one round, each signed by it.
func (s *siege) severalPrices(round consensus.Round, n int) []consensus.Report {
	s.t.Helper()
	var reports []consensus.Report
	for i := range n {
		o := observation(s.t, s.bad.key, round, int64(i))
		s.bad.pretend(o)
		reports = append(reports, assemble(s.settings.Network, o, attest(s.t, s.settings.Network, o, s.bad.key)))
	}
	return reports
}

// show sends a report to some of the nodes.
func (s *siege) show(r consensus.Report, to ...*seat) {
	for _, h := range to {
		_ = s.x.publish(h.node.Host().ID(), r.Encode())
	}
}

// expectOneVoice checks that no honest node signed two prices of the member for the round, and that at most one of them
// got a quorum anywhere. Every honest node must have proof of the fault, wherever the prices met.
func (s *siege) expectOneVoice(round consensus.Round) {
	s.t.Helper()
	for _, h := range s.honest {
		if n := len(s.ledger.find(node.Signed, told(h), of(s.bad), about(round))); n > 1 {
			s.t.Errorf("node%d signed %d prices of one proposer for one round", h.number, n)
		}
	}
	for _, h := range s.honest {
		if len(s.ledger.find(node.Convicted, told(h), of(s.bad), about(round))) == 0 {
			s.t.Errorf("round %d: node%d has no evidence of the fault", round, h.number)
		}
	}
	quorums := make(map[consensus.Observation]bool)
	for _, n := range s.ledger.find(node.Quorum, of(s.bad), about(round)) {
		quorums[n.Observation] = true
	}
	if len(quorums) > 1 {
		s.t.Errorf("%d prices of one proposer have a quorum for one round", len(quorums))
	}
}
