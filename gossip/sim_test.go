package gossip_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/x/simlibp2p"
	"github.com/marcopolo/simnet"
	"github.com/multiformats/go-multiaddr"

	"github.com/gossip-price/gossip-price/gossip"
)

// world is a simulated network; packets between its halves, the even and the odd hosts, are lost while it is cut.
type world struct {
	t   *testing.T // the bubble's own
	net *simnet.Simnet
	cut atomic.Bool
}

const (
	oneWay = 50 * time.Millisecond
	lost   = 24 * time.Hour // a packet so late is a packet lost
)

// simulate runs f in virtual time. It is not for parallel tests.
func simulate(t *testing.T, f func(w *world)) {
	t.Helper()
	// golang/go#78156: timers of a bubble that fire on several processors confuse the race detector.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t}
		w.net = &simnet.Simnet{LatencyFunc: w.latency, Logger: slog.New(slog.DiscardHandler)}
		w.net.Start()
		t.Cleanup(w.net.Close) // after the nodes
		f(w)
	})
}

func (w *world) latency(p *simnet.Packet) time.Duration {
	if w.cut.Load() && half(p.From) != half(p.To) {
		return lost
	}
	return oneWay
}

func half(a net.Addr) byte {
	return netip.MustParseAddrPort(a.String()).Addr().As4()[3] % 2
}

// pass lets virtual time go by.
func pass(d time.Duration) { <-time.After(d) }

// host configures the host with the number i.
func (w *world) host(i int) gossip.HostConfig {
	link := simnet.LinkSettings{BitsPerSecond: 20 * simlibp2p.OneMbps}
	return gossip.HostConfig{
		Listen:  []multiaddr.Multiaddr{multiaddr.StringCast(fmt.Sprintf("/ip4/1.0.0.%d/udp/8000/quic-v1", i))},
		Options: []libp2p.Option{simlibp2p.QUICSimnet(w.net, simnet.NodeBiDiLinkSettings{Downlink: link, Uplink: link})},
	}
}

func TestSimulatedNetwork(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(w *world) {
		t := w.t
		boot := startBare(t, w.host(100), gossip.Config{})
		var nodes []*node
		for i := range 6 {
			nodes = append(nodes, start(t, w.host(i+1), via(boot)))
		}
		eventually(t, "full mesh", meshed(nodes...))
		everybodyHears(t, nodes, "first")

		nodes = append(nodes, start(t, w.host(7), via(boot)))
		eventually(t, "late joiner", meshed(nodes...))
		everybodyHears(t, nodes, "late")

		w.cut.Store(true)
		pass(5 * time.Second)
		nodes[0].publish(t, "across a short cut")
		pass(5 * time.Second)
		w.cut.Store(false)
		eventually(t, "a message across a cut of 10 s", all("across a short cut", nodes[1:]...))

		w.cut.Store(true)
		pass(10 * time.Minute)
		w.cut.Store(false)
		pass(time.Minute) // the longest pause between dials, and the dial
		eventually(t, "full mesh after a long cut", meshed(nodes...))
		everybodyHears(t, nodes, "healed")
	})
}

// everybodyHears publishes from every node and waits until all have it.
func everybodyHears(t *testing.T, nodes []*node, what string) {
	t.Helper()
	for i, from := range nodes {
		data := fmt.Sprint(what, i)
		from.publish(t, data)
		others := append(append([]*node(nil), nodes[:i]...), nodes[i+1:]...)
		eventually(t, data, all(data, others...))
	}
}

// TestSimulatedRelay has three nodes in a row: what the one in the middle accepts goes on to the third, what it rejects
// or ignores does not.
func TestSimulatedRelay(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(w *world) {
		t := w.t
		middleHost := w.host(2)
		middleHost.Key = newKey(t)
		middleID := idOf(t, middleHost.Key)
		middle := start(t, middleHost, gossip.Config{})
		var ends []*node
		for i := range 2 {
			h := w.host(2*i + 1)
			h.Allow = func(id peer.ID) bool { return id == middleID }
			ends = append(ends, start(t, h, via(middle)))
		}
		eventually(t, "a row", func() bool {
			return middle.Topic(prices).Peers() == 2 && ends[0].Topic(prices).Peers() == 1 && ends[1].Topic(prices).Peers() == 1
		})
		pass(3 * time.Second) // the mesh forms at gossipsub's heartbeat, once a second
		for _, data := range []string{"bad", "old", "good"} {
			ends[0].publish(t, data)
		}
		eventually(t, "relay", all("good", middle, ends[1]))
		pass(time.Minute) // gossip has long told all it has
		if n := ends[1].inbox.count("bad") + ends[1].inbox.count("old"); n != 0 {
			t.Errorf("%d refused messages were relayed", n)
		}
		if middle.inbox.count("bad") != 1 || middle.inbox.count("old") != 1 {
			t.Error("the middle did not judge each message once")
		}
	})
}

// syncBuffer is a bytes.Buffer for several goroutines.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func TestSimulatedBootstrapIsTriedForEver(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(w *world) {
		t := w.t
		bootHost := w.host(2)
		bootHost.Key = newKey(t)
		info := peer.AddrInfo{ID: idOf(t, bootHost.Key), Addrs: bootHost.Listen}
		var log syncBuffer
		early := start(t, w.host(1), gossip.Config{
			Bootstrap: []peer.AddrInfo{info}, Log: slog.New(slog.NewTextHandler(&log, nil)),
		})
		pass(time.Hour)
		warned := strings.Count(log.String(), "bootstrap unreachable, trying again")
		if warned < 5 || warned > 9 { // about 100 tries: the 1st, 2nd, 4th .. 64th
			t.Errorf("%d warnings in an hour:\n%s", warned, log.String())
		}
		boot := startBare(t, bootHost, gossip.Config{})
		pass(time.Minute)
		if len(early.Peers()) != 1 || len(boot.Peers()) != 1 {
			t.Errorf("not together after an hour: %v %v", early.Peers(), boot.Peers())
		}
		if !strings.Contains(log.String(), "bootstrap reached") {
			t.Error("not told that the bootstrap was reached")
		}
	})
}
