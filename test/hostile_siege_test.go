package test_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/multiformats/go-multiaddr"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

const (
	// strangerHost is the number of a hostile host without a seat.
	strangerHost byte = 60
	// hostileBandwidth of a hostile host, up and down: five times that of a node.
	hostileBandwidth = 5 * bandwidth
	// calmRounds and laterRounds are how many whole rounds are measured before an attack and after it.
	calmRounds, laterRounds = 1, 1
)

// siege is an attack on a cluster: honest nodes, who must keep their rounds, and a hostile peer, with the key of a seat
// in the roster or with one that counts nothing.
type siege struct {
	*cluster
	honest  []*seat
	bad     *seat      // the member gone bad; nil: a stranger attacks
	x       *hostile   // the one in use
	hosts   []*hostile // all of them
	calm    latencies
	began   time.Time // when the attack did
	heap    uint64    // bytes in use then
	grown   int64     // bytes, until the attack ended
	notes   string    // what the line about the attack tells besides
	mayStay bool      // the hostile peer did nothing for which it must be cut
}

// honestBound is how many invalid messages a node reads of one peer, at least; then it cuts it.
const honestBound = 4

// who tells which seat the hostile peer has.
type who int

const (
	stranger who = iota
	member
)

func (w who) String() string { return [...]string{"stranger", "member"}[w] }

// besiege runs an attack against a cluster of four seats with a quorum of three, and checks that the honest nodes kept
// every round and that nothing false was stored. A stranger meets four honest nodes. A member gone bad meets three, who
// need each other for every quorum: one that was blinded would show.
func besiege(t *testing.T, by who, attack func(t *testing.T, s *siege)) {
	t.Helper()
	name := t.Name()
	simulate(t, func(t *testing.T, c *cluster) {
		s := &siege{cluster: c}
		s.honest = c.form(4, 4-int(by))[:4-int(by)]
		c.meshed(s.honest...)
		calm := c.rounds(calmRounds)
		s.calm = c.quorumLatencies(s.honest, calm)
		number, key := strangerHost, makeKey(t, strangerHost)
		if by == member {
			s.bad = c.seats[3]
			number, key = s.bad.number, s.bad.key
		}
		defer s.withdraw()
		s.x = s.hostile(number, key)
		s.reachAll()
		s.heap, s.began = heapInUse(), time.Now()
		attack(t, s)
		s.grown = int64(heapInUse()) - int64(s.heap)
		s.report(name, c.rounds(laterRounds))
	})
}

// hostile plugs a hostile host with this number and key into the simulated network, until the siege ends.
func (s *siege) hostile(number byte, key signing.Key) *hostile {
	x := newHostile(s.attach(number, key, hostileBandwidth), s.settings.Network)
	s.hosts = append(s.hosts, x)
	return x
}

// withdraw closes all hostile hosts.
func (s *siege) withdraw() {
	for _, x := range s.hosts {
		x.close(s.t)
	}
	s.hosts = nil
}

// disguise lets the hostile peer go on under the identity of another stranger, which nothing is known about yet.
func (s *siege) disguise() {
	s.t.Helper()
	number := strangerHost + byte(len(s.hosts))
	hear := s.x.hearing()
	s.x = s.hostile(number, makeKey(s.t, number))
	s.x.onMessage(hear)
	s.reachAll()
}

// cutAfter returns how long after its first message an identity of the hostile peer was first cut.
func (s *siege) cutAfter() (time.Duration, bool) {
	for _, x := range s.hosts {
		if after, cut := x.cutAfter(); cut {
			return after, true
		}
	}
	return 0, false
}

// info returns where a seat's running node is reached.
func (s *seat) info() peer.AddrInfo {
	return peer.AddrInfo{ID: s.node.Host().ID(), Addrs: []multiaddr.Multiaddr{listen(s.number)}}
}

// reachAll connects the hostile peer to every honest node.
func (s *siege) reachAll() {
	s.t.Helper()
	for _, to := range s.honest {
		if err := s.x.reach(s.t.Context(), to.info()); err != nil {
			s.t.Fatalf("reach node%d: %v", to.number, err)
		}
	}
}

// tell sends messages to every honest node, one in a frame, as far as they still listen.
func (s *siege) tell(messages ...[]byte) {
	for _, data := range messages {
		for _, to := range s.honest {
			_ = s.x.publish(to.node.Host().ID(), data) // a node that has cut the line hears nothing: that is its right
		}
	}
}

// listen makes the hostile peer keep the reports that reach it; the function it returns gives those of so far.
func (s *siege) listen() (heard func() []consensus.Report) {
	var mu sync.Mutex
	var reports []consensus.Report
	s.x.onMessage(func(data []byte) {
		if r, err := consensus.DecodeReport(data); err == nil {
			mu.Lock()
			defer mu.Unlock()
			reports = append(reports, r)
		}
	})
	return func() []consensus.Report {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(reports)
	}
}
