package test_test

import (
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/node"
)

// Bad weather: rounds reach quorum or die quietly. The audit of simulate says that no row is false.
func TestClusterBadWeather(t *testing.T) { //nolint:paralleltest // see simulate
	const rounds = 3
	for _, bad := range []struct { //nolint:paralleltest // see simulate
		name string
		set  func(w *weather)
		rows int // that there are at least, of the 12 of fair weather
	}{
		{"5 % lost", func(w *weather) { w.loss = 0.05 }, 9},
		{"20 % lost", func(w *weather) { w.loss = 0.20 }, 6},
		{"up to 2 s late", func(w *weather) {
			w.latency = func(byte, byte) time.Duration { return time.Duration(w.random.Int64N(int64(2 * time.Second))) }
		}, 3},
	} {
		t.Run(bad.name, func(t *testing.T) {
			simulate(t, func(t *testing.T, c *cluster) {
				seats := c.form(4, 4)
				c.meshed(seats...)
				c.nextRound()
				c.settle()
				before := len(c.rows())
				c.weather.change(bad.set)
				for range rounds {
					c.nextRound()
				}
				pass(c.settings.FetchPriceInterval)
				rows := len(c.rows()) - before
				t.Logf("%d of %d prices stored", rows, rounds*len(seats))
				if rows < bad.rows {
					t.Errorf("%d rows, want at least %d", rows, bad.rows)
				}
			})
		})
	}
}

// A cut through the middle, for 10 s: no half has a quorum of three, so nothing comes of it; then all goes on.
func TestClusterCut(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(t *testing.T, c *cluster) {
		seats := c.form(4, 4)
		c.meshed(seats...)
		c.nextRound()
		pass(c.settings.FetchPriceInterval - time.Second)
		began := time.Now()
		c.weather.change(func(w *weather) { w.cut = func(from, to byte) bool { return (from <= 2) != (to <= 2) } })
		pass(10 * time.Second)
		if n := len(c.ledger.find(node.Quorum, since(began.Add(time.Second)))); n > 0 {
			t.Errorf("%d quorums while no half was large enough", n)
		}
		c.weather.clear()
		cutRound := c.round()
		rounds := c.rounds(3)
		c.t.Logf("%d prices of the cut round were stored", len(stored(c.rows(), cutRound)))
		for _, round := range rounds[1:] { // gossip may need the first to find itself again
			c.expectRows(round, seats...)
		}
	})
}
