package test_test

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/node"
	"github.com/gossip-price/gossip-price/node/api"
)

// The price store is away for some flushes: the nodes say so, lose nothing, and write everything once when it is back.
func TestClusterStoreAway(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(t *testing.T, c *cluster) {
		seats := c.form(4, 4)
		c.meshed(seats...)
		c.rounds(1)
		pass(c.settings.FlushInterval) // all that there is is written
		before := len(c.rows())

		giveBack := c.takeStore()
		away := time.Now()
		rounds := c.rounds(3)
		if n := len(c.ledger.find(node.Stored, since(away))); n > 0 {
			t.Errorf("%d prices stored in a store that is away", n)
		}
		for _, s := range seats {
			if n := len(c.ledger.find(node.Quorum, told(s), since(away))); n < len(rounds)*len(seats) {
				t.Errorf("node%d: %d quorums while the store was away, want %d", s.number, n, len(rounds)*len(seats))
			}
			if !hasProblem(s.node.Ready(), "store") {
				t.Errorf("node%d does not tell that the store is away", s.number)
			}
		}
		giveBack()
		pass(2 * c.settings.FlushInterval)
		if n := len(c.rows()); n < before+len(rounds)*len(seats) {
			t.Errorf("%d rows after %d, want at least %d more", n, before, len(rounds)*len(seats))
		}
		for _, round := range rounds {
			c.expectRows(round, seats...)
		}
		for _, s := range seats {
			if hasProblem(s.node.Ready(), "store") {
				t.Errorf("node%d still tells that the store is away", s.number)
			}
		}
	})
}

// takeStore takes the write lock of the price store's file until the returned function is called: every insert waits and
// then fails, as with any store that does not answer.
func (c *cluster) takeStore() (giveBack func()) {
	c.t.Helper()
	ctx := context.Background()
	db, err := sql.Open("sqlite", strings.TrimPrefix(c.settings.DatabaseURL, "sqlite:")+"?_txlock=immediate")
	if err != nil {
		c.t.Fatal(err)
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	return func() {
		if err := tx.Rollback(); err != nil {
			c.t.Error(err)
		}
		if err := db.Close(); err != nil {
			c.t.Error(err)
		}
	}
}

func hasProblem(problems []api.Problem, name string) bool {
	return slices.ContainsFunc(problems, func(p api.Problem) bool { return p.Name == name })
}
