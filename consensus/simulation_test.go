package consensus_test

import (
	"math/rand/v2"
	"time"

	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

// simulation is a network of engines whose messages are lost, repeated and overtake each other.
type simulation struct {
	t         failer
	w         world
	random    *rand.Rand
	loss      float64 // the chance of a message to be lost, and to come twice
	engines   []*consensus.Engine
	underWay  []packet
	signed    map[signedPlace]signing.Digest
	quorums   map[seenQuorum]int
	published []consensus.Observation
	now       time.Time
}

type packet struct {
	to   int
	data []byte
}

type signedPlace struct {
	node     int
	pair     price.Pair
	round    consensus.Round
	proposer signing.Address
}

type seenQuorum struct {
	node int
	id   signing.Digest
}

func newSimulation(t *rapid.T, members int, loss float64) *simulation {
	s := &simulation{
		t: t, w: newWorld(t, members), loss: loss, now: at(time.Minute),
		random:  rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)),
		signed:  make(map[signedPlace]signing.Digest),
		quorums: make(map[seenQuorum]int),
	}
	for i := range members {
		s.engines = append(s.engines, s.w.engine(i))
		observe(t, s.engines[i], "3000", at(time.Second))
	}
	return s
}

// send puts a message to all other nodes under way.
func (s *simulation) send(from int, data []byte) {
	for to := range s.engines {
		for to != from && s.random.Float64() >= s.loss {
			s.underWay = append(s.underWay, packet{to, data})
			if s.random.Float64() >= s.loss {
				break
			}
		}
	}
}

// propose signs an observation by its proposer and sends it; some is where it goes first, nil for everywhere.
func (s *simulation) propose(node int, o consensus.Observation, some []int) {
	s.published = append(s.published, o)
	if some != nil {
		for _, to := range some {
			s.underWay = append(s.underWay, packet{to, s.w.report(o, node).Encode()})
		}
		return
	}
	r, c := s.engines[node].Admit(s.w.report(o, node), s.now)
	s.note(node, c)
	s.send(node, r.Encode())
}

// run delivers until nothing is under way and nobody waits for a stage. A node passes on what it accepts.
func (s *simulation) run() {
	for s.deliver(); ; s.deliver() {
		s.now = s.now.Add(time.Second)
		for node := range s.engines {
			s.cosign(node)
		}
		if len(s.underWay) == 0 {
			return
		}
	}
}

func (s *simulation) deliver() {
	for len(s.underWay) > 0 {
		i := s.random.IntN(len(s.underWay))
		p := s.underWay[i]
		s.underWay[i] = s.underWay[len(s.underWay)-1]
		s.underWay = s.underWay[:len(s.underWay)-1]
		s.now = s.now.Add(time.Millisecond)
		c := s.engines[p.to].Receive(p.data, s.now)
		if c.Outcome.AtFault() {
			s.t.Fatalf("node %d: %s", p.to, c.Outcome)
		}
		if c.Outcome == consensus.Accepted {
			s.note(p.to, c)
			s.send(p.to, p.data)
			s.cosign(p.to)
		}
	}
}

func (s *simulation) cosign(node int) {
	decisions, _, _ := s.engines[node].Decide(s.now)
	for _, d := range decisions {
		if d.Refusal == consensus.RefusedEquivocation {
			continue
		}
		if d.Refusal != "" {
			s.t.Fatalf("node %d refuses: %s", node, d.Refusal)
		}
		o := d.Observation
		at := signedPlace{node, o.Pair, o.Round, o.Proposer}
		if other, twice := s.signed[at]; twice {
			s.t.Fatalf("node %d signs %s after %s", node, d.ID, other)
		}
		s.signed[at] = d.ID
		r, c := s.engines[node].Admit(consensus.Report{
			Network: network, Observation: o, Attestations: []consensus.Attestation{s.w.attest(o, node)},
		}, s.now)
		s.note(node, c)
		s.send(node, r.Encode())
	}
}

func (s *simulation) note(node int, c consensus.Change) {
	if c.Quorum {
		s.quorums[seenQuorum{node, c.ID}]++
	}
}

// reconcile makes every node send what it knows, without loss.
func (s *simulation) reconcile() {
	s.loss = 0
	for node, e := range s.engines {
		for _, o := range s.published {
			if r := known(e, o, s.now); len(r.Attestations) > 0 {
				s.send(node, r.Encode())
			}
		}
	}
	s.run()
}
