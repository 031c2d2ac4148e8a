package store_test

import (
	"path/filepath"
	"testing"

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
