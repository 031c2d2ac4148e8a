package test_test

import (
	"database/sql"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/node"
)

// TestOutageReturn has the store of eight nodes fail at once for some minutes. When it is back they come one by one, each
// within a flush interval, and not all of them at the same moment.
func TestOutageReturn(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(t *testing.T, c *cluster) {
		c.settings.FetchPriceInterval, c.settings.FlushInterval = 5*time.Minute, 30*time.Second
		seats := c.form(8, 8)
		c.meshed(seats...)
		c.onStore("ALTER TABLE prices RENAME TO away")
		c.nextRound()
		pass(4 * time.Minute)
		c.onStore("ALTER TABLE away RENAME TO prices")
		back := time.Now()
		pass(c.settings.FlushInterval + time.Second)
		var came []time.Duration
		seconds := make(map[time.Duration]int)
		for _, s := range seats {
			stored := c.ledger.find(node.Stored, told(s), since(back))
			if len(stored) == 0 {
				t.Fatalf("node%d did not come back within %v", s.number, c.settings.FlushInterval)
			}
			after := stored[0].at.Sub(back)
			came = append(came, after.Round(100*time.Millisecond))
			seconds[after.Truncate(time.Second)]++
		}
		slices.Sort(came)
		t.Logf("store back after 4 min | nodes came after %v", came)
		for second, n := range seconds {
			if n > len(seats)/2 {
				t.Errorf("%d of %d nodes came in the second after %v", n, len(seats), second)
			}
		}
		if spread := came[len(came)-1] - came[0]; spread < 5*time.Second {
			t.Errorf("all nodes came within %v", spread)
		}
	})
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
