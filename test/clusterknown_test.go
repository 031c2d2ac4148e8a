package test_test

import (
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/multiformats/go-multiaddr"
)

// The bootstrap node dies for ever soon after the start. The others find each other from their journals alone when all of
// them start again at once: also after a cut in which each half saw only itself, and after crashes. A new node joins
// through any of them.
func TestClusterBootstrapGone(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(t *testing.T, c *cluster) {
		seats := c.form(5, 4)
		early, late := seats[:4], seats[4]
		c.meshed(early...)
		pass(2 * time.Minute)
		c.bootstrap.stop(t)
		c.bootstrap = nil
		again := func(name string, end func(*seat)) {
			for _, s := range early {
				end(s)
			}
			c.weather.clear()
			for _, s := range early {
				c.start(s)
			}
			took := c.whole(early...)
			c.expectFull(c.rounds(1)[0], early...)
			t.Logf("start of all without bootstrap: %s | whole after %v", name, took.Round(100*time.Millisecond))
		}
		again("stopped", c.halt)
		c.weather.change(func(w *weather) { w.cut = func(from, to byte) bool { return (from <= 2) != (to <= 2) } })
		pass(3 * time.Minute)
		again("stopped in two halves", c.halt)
		pass(time.Minute)
		again("crashed", c.crash)

		late.meets = early[2]
		c.start(late)
		c.whole(seats...)
		c.expectFull(c.rounds(1)[0], seats...)
	})
}

// contact returns where a seat's node is reached.
func (c *cluster) contact(s *seat) peer.AddrInfo {
	return peer.AddrInfo{ID: s.node.Host().ID(), Addrs: []multiaddr.Multiaddr{listen(s.number)}}
}
