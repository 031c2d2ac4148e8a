package gossip_test

import (
	"strings"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/network"

	"github.com/gossip-price/gossip-price/gossip"
)

// A node whose gossip stream to a peer breaks, while the connection lasts, forgets what the peer takes part in, and the peer
// has no reason to say it again. They find together all the same.
func TestSimulatedDeafConnection(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(w *world) {
		t := w.t
		a := start(t, w.host(1), gossip.Config{})
		b := start(t, w.host(2), via(a))
		eventually(t, "mesh", meshed(a, b))
		pass(time.Minute)
		broken := 0
		for _, c := range b.host.Network().ConnsToPeer(a.host.ID()) {
			for _, s := range c.GetStreams() {
				if strings.Contains(string(s.Protocol()), "meshsub") && s.Stat().Direction == network.DirOutbound {
					_ = s.Reset()
					broken++
				}
			}
		}
		pass(time.Second)
		if broken == 0 || b.Topic(prices).Peers() != 0 {
			t.Fatalf("%d streams broken, %d peers left: nothing is tested", broken, b.Topic(prices).Peers())
		}
		pass(30 * time.Second)
		everybodyHears(t, []*node{a, b}, "mended")
	})
}
