package test_test

import (
	"database/sql"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/node/api"
)

// TestOutageReturn has the store of eight nodes fail at once for some minutes. When it is back, what waited is written within a
// flush interval, and the nodes come to it one by one, not all of them at the same moment.
func TestOutageReturn(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(t *testing.T, c *cluster) {
		c.settings.FetchPriceInterval, c.settings.FlushInterval = 5*time.Minute, 30*time.Second
		seats := c.form(8, 8)
		c.meshed(seats...)
		c.onStore("ALTER TABLE prices RENAME TO away")
		round := c.nextRound()
		pass(4 * time.Minute)
		for _, s := range seats {
			if !s.misses("store") {
				t.Errorf("node%d is ready while its store is away", s.number)
			}
		}
		c.onStore("ALTER TABLE away RENAME TO prices")
		back := time.Now()
		came := make(map[*seat]time.Duration)
		for time.Since(back) < 2*c.settings.FlushInterval {
			pass(100 * time.Millisecond)
			for _, s := range seats {
				if _, known := came[s]; !known && !s.misses("store") {
					came[s] = time.Since(back)
				}
			}
			if time.Since(back).Truncate(100*time.Millisecond) == c.settings.FlushInterval {
				c.expectRows(round, seats...)
			}
		}
		times := slices.Sorted(maps.Values(came))
		t.Logf("store back after 4 min | nodes came after %v", times)
		if len(times) < len(seats) {
			t.Fatalf("%d of %d nodes came back within %v", len(times), len(seats), 2*c.settings.FlushInterval)
		}
		seconds := make(map[time.Duration]int)
		for _, after := range times {
			seconds[after.Truncate(time.Second)]++
		}
		for second, n := range seconds {
			if n > len(seats)/2 {
				t.Errorf("%d of %d nodes came in the second after %v", n, len(seats), second)
			}
		}
		if spread := times[len(times)-1] - times[0]; spread < 5*time.Second {
			t.Errorf("all nodes came within %v", spread)
		}
	})
}

// misses tells whether the node names a part as the reason why it is not ready.
func (s *seat) misses(part string) bool {
	return slices.ContainsFunc(s.node.Ready(), func(p api.Problem) bool { return p.Name == part })
}

// onStore runs a statement on the price store's file.
func (c *cluster) onStore(statement string) {
	c.t.Helper()
	db, err := sql.Open("sqlite", strings.TrimPrefix(c.settings.DatabaseURL, "sqlite:"))
	if err != nil {
		c.t.Fatal(err)
	}
	_, err = db.ExecContext(c.t.Context(), statement)
	if err := errors.Join(err, db.Close()); err != nil {
		c.t.Fatal(err)
	}
}
