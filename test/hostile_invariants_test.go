package test_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/libp2p/go-libp2p/core/network"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/node"
)

// quorumBound is how long after its proposal an honest price must have its quorum on every honest node, whatever hostile
// peers do: a fetch of 100 ms, and eight packets of 50 ms where two are enough. A node that has been blinded costs more: its
// part comes only when it is asked for again.
const quorumBound = 100*time.Millisecond + 8*oneWay

// silenceBound is what comes on top where a member is heard of but does not co-sign: a stage of co-signing, of the length
// that it has before it is measured (docs/protocol.md, section 3.5).
const silenceBound = 500 * time.Millisecond

// latencies are how long prices took from their proposal to their quorum, on each honest node, sorted.
type latencies []time.Duration

// quantile returns the value below which the share q of them lies.
func (l latencies) quantile(q float64) time.Duration {
	if len(l) == 0 {
		return 0
	}
	return l[int(q*float64(len(l)-1)+0.5)].Round(time.Millisecond)
}

func (l latencies) String() string {
	return fmt.Sprintf("p50 %v p99 %v", l.quantile(0.5), l.quantile(0.99))
}

// quorumLatencies returns those of the honest nodes' prices in some rounds. A price without a quorum is missing.
func (c *cluster) quorumLatencies(honest []*seat, rounds []consensus.Round) latencies {
	proposed := c.ledger.firsts(node.Proposed)
	addresses := make(map[signing.Address]bool)
	for _, s := range honest {
		addresses[s.key.Address()] = true
	}
	var all latencies
	for _, n := range c.ledger.find(node.Quorum) {
		at, ok := proposed[n.ID]
		if ok && addresses[n.by] && addresses[n.Observation.Proposer] && slices.Contains(rounds, n.Observation.Round) {
			all = append(all, n.at.Sub(at))
		}
	}
	slices.Sort(all)
	return all
}

// expectHonest checks that every honest node had, in each of the rounds and in time, the quorum of every honest price,
// and that the rows of the rounds are those and some of other members, one each. That the rows are true and proven, and one
// a proposer and round, is checked by the audit at the end (see simulate).
func (s *siege) expectHonest(rounds []consensus.Round, under latencies) {
	s.t.Helper()
	if want := len(rounds) * len(s.honest) * len(s.honest); len(under) != want {
		s.t.Errorf("honest nodes told of %d quorums in %d rounds, want %d", len(under), len(rounds), want)
	}
	bound := quorumBound
	if len(s.honest) < len(s.seats) {
		bound += silenceBound
	}
	if worst := under.quantile(1); worst > bound {
		s.t.Errorf("an honest quorum took %v, want at most %v", worst, bound)
	}
	s.expectTrust()
	rows := s.rows()
	for _, round := range rounds {
		found := stored(rows, round)
		for _, h := range s.honest {
			if _, ok := found[h.key.Address()]; !ok {
				s.t.Errorf("round %d: no row of node%d", round, h.number)
			}
		}
		for _, seat := range s.seats {
			delete(found, seat.key.Address())
		}
		for proposer := range found {
			s.t.Errorf("round %d: a row of %s, who has no seat", round, proposer)
		}
	}
}

// expectTrust checks that no honest node has cut another: nobody can be made to look like a liar.
func (s *siege) expectTrust() {
	s.t.Helper()
	for _, a := range s.honest {
		for _, b := range s.honest {
			if a != b && !connected(a, b) && !s.weather.cuts(a.number, b.number) {
				s.t.Errorf("node%d has no connection with node%d", a.number, b.number)
			}
		}
	}
}

// cuts tells whether no packet gets from one host to another.
func (w *weather) cuts(from, to byte) (cut bool) {
	w.change(func(w *weather) { cut = w.cut != nil && w.cut(from, to) })
	return cut
}

// expectUntouched checks that no honest node refused, signed, completed or stored anything but what an honest node has
// proposed: whatever the hostile peer sent did not even enter.
func (s *siege) expectUntouched() {
	s.t.Helper()
	proposed := make(map[signing.Digest]bool)
	for _, n := range s.ledger.find(node.Proposed) {
		proposed[n.ID] = true
	}
	for _, step := range []node.Step{node.Refused, node.Signed, node.Quorum, node.Stored} {
		for _, n := range s.ledger.find(step) {
			if !proposed[n.ID] {
				s.t.Errorf("%s of a price that no honest node proposed: %+v", step, n.Observation)
			}
		}
	}
}

// expectOneRow checks that the member gone bad has a row in the round, and returns it.
func (s *siege) expectOneRow(round consensus.Round) consensus.Row {
	s.t.Helper()
	row, ok := stored(s.rows(), round)[s.bad.key.Address()]
	if !ok {
		s.t.Errorf("round %d: the member's own honest price has no row, so nothing was tested", round)
	}
	return row
}

// expectCut checks that the hostile peer lost its connections and gets none while it is banned.
func (s *siege) expectCut() {
	s.t.Helper()
	if _, cut := s.x.cutAfter(); !cut {
		s.t.Error("the hostile peer was not cut")
		return
	}
	for _, h := range s.honest {
		_ = s.x.reach(s.t.Context(), h.info()) // a refused dialler may learn it a moment later
	}
	pass(time.Second)
	for _, h := range s.honest {
		if s.x.connected(h.node.Host().ID()) {
			s.t.Errorf("node%d lets the hostile peer in again", h.number)
		}
	}
}

// connected tells whether two nodes have a connection.
func connected(a, b *seat) bool {
	return a.node.Host().Network().Connectedness(b.node.Host().ID()) == network.Connected
}
