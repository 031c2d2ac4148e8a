package gossip_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	pb "github.com/libp2p/go-libp2p-pubsub/pb"
	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/gossip-price/gossip-price/gossip"
)

// TestSimulatedInvalidMessages sends as many invalid messages as are let pass, and then one more; a peer that takes no
// stream, and so has no score with gossipsub, is cut too.
func TestSimulatedInvalidMessages(t *testing.T) { //nolint:paralleltest // see simulate
	long := strings.Repeat("x", 1025)
	junk := func(i int) *pb.RPC { return say(fmt.Sprint("junk", i)) }
	for name, c := range map[string]struct { //nolint:paralleltest // see simulate
		rpc  func(i int) *pb.RPC
		deaf bool
	}{
		"rejected": {rpc: junk},
		"deaf":     {rpc: junk, deaf: true},
		"oversize": {rpc: func(i int) *pb.RPC { return say(fmt.Sprint(long, i)) }},
		"authored": {rpc: func(i int) *pb.RPC {
			rpc := say(fmt.Sprint("x", i))
			rpc.Publish[0].From = []byte("me")
			return rpc
		}},
	} {
		t.Run(name, func(t *testing.T) {
			simulate(t, func(w *world) { provoke(w, c.rpc, c.deaf) })
		})
	}
}

func provoke(w *world, invalid func(i int) *pb.RPC, deaf bool) {
	t := w.t
	g := newGuild(w, calm)
	v := newVillain(t, w.host(50), g.nodes[0], deaf)
	for i := range 4 {
		if err := v.send(invalid(i)); err != nil {
			t.Fatal(err)
		}
		pass(time.Minute)
	}
	if s := g.nodes[0].Scores(); !v.connected() || !deaf && (s.Negative != 1 || s.Lowest < -4 || s.Lowest > -3) {
		t.Errorf("after 4 in 4 minutes: connected %v, %+v", v.connected(), s)
	}
	began := time.Now()
	if err := v.send(invalid(4)); err != nil {
		t.Fatal(err)
	}
	eventually(t, "cut", func() bool { return !v.connected() })
	if took := time.Since(began); took > 200*time.Millisecond {
		t.Errorf("cut after %v", took)
	}
	pass(2 * time.Second)
	if s := g.nodes[0].Scores(); s.Banned != 1 {
		t.Errorf("after the cut: %+v", s)
	}
	g.calmly(t, 1)
}

// TestSimulatedBrokenPromises announces each second a message that does not exist.
func TestSimulatedBrokenPromises(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(w *world) {
		t := w.t
		g := newGuild(w, calm)
		v := newVillain(t, w.host(50), g.nodes[0], false)
		began := time.Now()
		for i := 0; v.connected() && i < 120; i++ {
			if v.send(announce(fmt.Sprintf("%032d", i))) != nil {
				break
			}
			pass(time.Second)
		}
		t.Logf("cut after %v", time.Since(began))
		if took := time.Since(began); took < 15*time.Second || took > 40*time.Second {
			t.Errorf("cut after %v", took)
		}
		if !strings.Contains(g.log.String(), "broken gossip promises") {
			t.Error("not told why")
		}
		g.calmly(t, 1)
	})
}

// TestSimulatedBusyRelay has the middle of three nodes in a row pass on 10,000 messages, all that the cadence has.
func TestSimulatedBusyRelay(t *testing.T) { //nolint:paralleltest // see simulate
	const messages = 10_000
	simulate(t, func(w *world) {
		t := w.t
		cadence := gossip.Cadence{Messages: messages, Every: 10 * time.Second}
		middleHost := w.host(2)
		middleHost.Key = newKey(t)
		middleID := idOf(t, middleHost.Key)
		setup := func(c *clock, cfg gossip.Config) gossip.Config {
			cfg.Topics = []gossip.TopicConfig{{Name: prices, MaxBytes: 1024, Validate: c.validate, Cadence: cadence}}
			return cfg
		}
		clocks := []*clock{{at: make(map[string]time.Time)}, {at: make(map[string]time.Time)}, {at: make(map[string]time.Time)}}
		middle := start(t, middleHost, setup(clocks[1], gossip.Config{}))
		var ends []*node
		for i := range 2 {
			h := w.host(2*i + 1)
			h.Allow = func(id peer.ID) bool { return id == middleID }
			ends = append(ends, start(t, h, setup(clocks[2*i], via(middle))))
		}
		eventually(t, "a row", func() bool { return middle.Topic(prices).Peers() == 2 })
		pass(3 * time.Second)
		for i := range messages {
			ends[0].publish(t, fmt.Sprint("honest", i))
			if i%10 == 0 {
				pass(10 * time.Millisecond)
			}
		}
		pass(5 * time.Second)
		for i, n := range []*node{middle, ends[1]} {
			c, s := n.Counts(), n.Scores()
			if c.Accepted != messages || c.Limited+c.Refused+c.Cut > 0 || s.Negative > 0 {
				t.Errorf("node %d: %+v %+v", i, c, s)
			}
		}
	})
}

// TestSimulatedReplay sends old messages again when gossip has forgotten them: the validator sees and ignores them, and
// nobody else does.
func TestSimulatedReplay(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(w *world) {
		t := w.t
		g := newGuild(w, calm)
		g.talk(t, 5)
		pass(200 * time.Second) // gossip sweeps its memory of 120 s once a minute
		before := make([]gossip.Counts, len(g.nodes))
		for i, n := range g.nodes {
			before[i] = n.Counts()
		}
		v := newVillain(t, w.host(50), g.nodes[0], false)
		if err := v.send(times(20, func(i int) *pb.RPC { return say(fmt.Sprint("honest", i)) })...); err != nil {
			t.Fatal(err)
		}
		pass(10 * time.Second)
		if got := g.nodes[0].Counts(); got.Ignored != before[0].Ignored+20 || !v.connected() {
			t.Errorf("replayed 20: %+v, connected %v", got, v.connected())
		}
		for i, n := range g.nodes[1:] {
			if got := n.Counts(); got != before[i+1] {
				t.Errorf("node %d heard of it: %+v, before %+v", i+1, got, before[i+1])
			}
		}
		g.calmly(t, 0)
	})
}

// TestSimulatedBannedBootstrap has a node cut its bootstrap node, and find it again after the ban.
func TestSimulatedBannedBootstrap(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(w *world) {
		t := w.t
		var log syncBuffer
		bootHost := w.host(2)
		bootHost.Key = newKey(t)
		info := peer.AddrInfo{ID: idOf(t, bootHost.Key), Addrs: bootHost.Listen}
		c := &clock{at: make(map[string]time.Time)}
		n := start(t, w.host(1), gossip.Config{
			Bootstrap: []peer.AddrInfo{info}, Log: slog.New(slog.NewTextHandler(&log, nil)),
			Topics: []gossip.TopicConfig{{Name: prices, MaxBytes: 1024, Validate: c.validate}},
		})
		boot := start(t, bootHost, gossip.Config{})
		eventually(t, "mesh", meshed(n, boot))
		for i := range 5 {
			boot.publish(t, fmt.Sprint("junk", i))
		}
		eventually(t, "cut", func() bool { return len(n.Peers()) == 0 && len(boot.Peers()) == 0 })
		pass(9 * time.Minute)
		if len(n.Peers())+len(boot.Peers()) > 0 {
			t.Error("together before the ban is over")
		}
		if tries := strings.Count(log.String(), "bootstrap unreachable"); tries > 0 {
			t.Errorf("dialled a banned peer:\n%s", log.String())
		}
		pass(2 * time.Minute)
		if len(n.Peers()) != 1 || len(boot.Peers()) != 1 {
			t.Error("not together after the ban")
		}
	})
}
