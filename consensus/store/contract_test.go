package store_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/consensus/store/postgrestest"
	"github.com/gossip-price/gossip-price/consensus/store/storetest"
	"github.com/gossip-price/gossip-price/migrations"
)

func TestSQLiteContract(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) string {
		t.Helper()
		return "sqlite:" + filepath.Join(t.TempDir(), "made", "on open?#%.db")
	})
}

// migrated returns the URL of a new database with our tables.
func migrated(t *testing.T, server *postgrestest.Server) string {
	t.Helper()
	address := server.Database(t)
	migrateTo(t, address)
	return address
}

func migrateTo(t *testing.T, address string) {
	t.Helper()
	if _, err := migrations.Apply(t.Context(), address, ""); err != nil {
		t.Fatal(err)
	}
}

// A page of the prices of a pair is read off the index, however many rows there are.
func TestLatestUsesIndex(t *testing.T) {
	t.Parallel()
	prices, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "prices.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = prices.Close() }()
	plan, err := store.Plan(t.Context(), prices, store.Query{Network: "a", Pair: "ETH-USD", Limit: 10})
	if err != nil || len(plan) == 0 || !strings.Contains(plan[0], "USING INDEX prices_network_pair_round_time (network=? AND pair=? AND round_time>") {
		t.Errorf("%v, %q", err, plan)
	}
	if sorts := len(plan) > 1 && !strings.Contains(plan[1], "LAST TERM OF ORDER BY"); sorts {
		t.Errorf("it sorts: %q", plan)
	}
}
