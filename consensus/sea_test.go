package consensus_test

import (
	"container/heap"
	"math/rand/v2"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// sea is a network of engines in virtual time, in which a message that is published reaches every other living node
// after a time of its own; or every living peer, who passes on what is new to it. Signatures are left out: nothing is received,
// all is admitted.
type sea struct {
	t        failer
	policy   consensus.Policy
	random   *rand.Rand
	delivery func(*rand.Rand) time.Duration
	work     time.Duration // from a report to what a node decides on it
	nodes    []*swimmer
	now      time.Time
	events   events
	messages map[consensus.Observation]int
	proposed map[consensus.Observation]time.Time
}

type swimmer struct {
	engine  *consensus.Engine
	peers   []*swimmer // nil: all
	self    signing.Address
	alive   bool
	quorums map[consensus.Observation]time.Time
}

type event struct {
	at time.Time
	do func()
}

type events []event

func (e events) Len() int           { return len(e) }
func (e events) Less(i, j int) bool { return e[i].at.Before(e[j].at) }
func (e events) Swap(i, j int)      { e[i], e[j] = e[j], e[i] }

func (e *events) Push(x any) {
	if added, ok := x.(event); ok {
		*e = append(*e, added)
	}
}

func (e *events) Pop() any {
	last := len(*e) - 1
	x := (*e)[last]
	*e = (*e)[:last]
	return x
}

// newSea makes a network of living members that begins with the round that the tests use.
func newSea(t failer, members int, seed uint64, delivery func(*rand.Rand) time.Duration) *sea {
	s := &sea{
		t: t, policy: newWorld(t, 0).policy, random: rand.New(rand.NewPCG(seed, 0)), delivery: delivery, now: at(0),
		messages: make(map[consensus.Observation]int), proposed: make(map[consensus.Observation]time.Time),
	}
	s.policy.StageDelay = 0
	roster := make([]signing.Address, members)
	for i := range roster {
		roster[i] = signing.Address{0: byte(i >> 8), 1: byte(i), 19: 1}
	}
	s.policy.Roster = consensus.NewRoster(roster...)
	for _, a := range roster {
		s.nodes = append(s.nodes, &swimmer{self: a, alive: true})
	}
	return s
}

// open makes the engines, once the policy is set.
func (s *sea) open() {
	for _, n := range s.nodes {
		p := s.policy
		p.Self = n.self
		n.engine, n.quorums = consensus.NewEngine(p), make(map[consensus.Observation]time.Time)
	}
}

func (s *sea) after(d time.Duration, do func()) { heap.Push(&s.events, event{s.now.Add(d), do}) }

// run lets everything happen until an instant.
func (s *sea) run(until time.Time) {
	for len(s.events) > 0 && s.events[0].at.Before(until) {
		e := s.events[0]
		heap.Pop(&s.events)
		s.now = e.at
		e.do()
	}
	s.now = until
}

// propose has a node propose its own price for the round.
func (s *sea) propose(n *swimmer, own string, r consensus.Round) {
	q := observe(s.t, n.engine, own, s.now)
	o := n.engine.Observation(q, r)
	s.proposed[o] = s.now
	s.sign(n, o)
}

// sign adds a node's attestation and publishes what it knows then.
func (s *sea) sign(n *swimmer, o consensus.Observation) {
	own := []consensus.Attestation{{Signer: n.self, Signature: signing.Signature{64: 27}}}
	r, c := n.engine.Admit(consensus.Report{Network: network, Observation: o, Attestations: own}, s.now)
	if c.Outcome != consensus.Accepted {
		s.t.Fatalf("signed: %s", c.Outcome)
	}
	s.note(n, c)
	s.messages[o]++
	s.send(n, r)
}

// send has a report reach the peers of a node.
func (s *sea) send(n *swimmer, r consensus.Report) {
	peers := n.peers
	if peers == nil {
		peers = s.nodes
	}
	for _, to := range peers {
		if to != n && to.alive {
			s.after(s.delivery(s.random), func() { s.receive(to, r) })
		}
	}
}

func (s *sea) receive(n *swimmer, r consensus.Report) {
	if !n.alive {
		return
	}
	if _, c := n.engine.Admit(r, s.now); c.Outcome == consensus.Accepted {
		s.note(n, c)
		if n.peers != nil {
			s.send(n, r)
		}
		s.after(s.work, func() { s.decide(n) })
	}
}

func (s *sea) note(n *swimmer, c consensus.Change) {
	if c.Quorum {
		n.quorums[c.Observation] = s.now
	}
}

// decide does what a node's engine decides, and asks it again when it says so.
func (s *sea) decide(n *swimmer) {
	if !n.alive {
		return
	}
	decisions, _, again := n.engine.Decide(s.now)
	for _, d := range decisions {
		if d.Refusal == "" {
			s.sign(n, d.Observation)
		}
	}
	if !again.IsZero() {
		if !again.After(s.now) {
			s.t.Fatalf("to be asked again at %s, at %s", again, s.now)
		}
		s.after(again.Sub(s.now), func() { s.decide(n) })
	}
}
