package store_test

import (
	"context"
	"slices"
	"testing"

	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/consensus/store/postgrestest"
	"github.com/gossip-price/gossip-price/consensus/store/storetest"
	"github.com/gossip-price/gossip-price/migrations"
)

// TestPostgresAsNode holds the contract by the role that a migration makes for nodes, which may do little else.
func TestPostgresAsNode(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	t.Run("contract", func(t *testing.T) {
		t.Parallel()
		storetest.Run(t, func(t *testing.T) string {
			t.Helper()
			_, node := migratedForNodes(t, server)
			return node
		})
	})
	t.Run("check", func(t *testing.T) {
		t.Parallel()
		_, node := migratedForNodes(t, server)
		if err := open(t, node).Check(t.Context()); err != nil {
			t.Error(err)
		}
	})
	t.Run("excess", func(t *testing.T) {
		t.Parallel()
		excessOfRoles(t, server)
	})
}

// migratedForNodes returns the URLs of a new database with our tables and the role of nodes.
func migratedForNodes(t *testing.T, server *postgrestest.Server) (owner, node string) {
	t.Helper()
	owner, node = server.NodeDatabase(t)
	if _, err := migrations.Apply(t.Context(), owner, node); err != nil {
		t.Fatal(err)
	}
	return owner, node
}

func excessOfRoles(t *testing.T, server *postgrestest.Server) {
	owner, node := migratedForNodes(t, server)
	if got := excess(t, open(t, node)); len(got) > 0 {
		t.Errorf("the nodes' role has %q", got)
	}
	if got := excess(t, open(t, owner)); !slices.Contains(got, "superuser") || !slices.Contains(got, "DELETE on prices") {
		t.Errorf("the owner has %q", got)
	}
	execute(t, owner, `GRANT UPDATE (price), DELETE ON prices TO PUBLIC; GRANT INSERT ON price_store TO PUBLIC;
		DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO PUBLIC', current_database()); END $$`)
	want := []string{
		"CREATE on the database by PUBLIC", "DELETE on prices by PUBLIC", "INSERT on price_store by PUBLIC", "UPDATE on prices by PUBLIC",
	}
	if got := excess(t, open(t, node)); !slices.Equal(got, want) {
		t.Errorf("the role has %q, want %q", got, want)
	}
}

func excess(t *testing.T, prices store.Prices) []string {
	t.Helper()
	asker, ok := prices.(interface {
		Excess(ctx context.Context) ([]string, error)
	})
	if !ok {
		t.Fatal("the store does not tell what its user may do")
	}
	list, err := asker.Excess(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestExcessWithoutServer(t *testing.T) {
	t.Parallel()
	prices := open(t, "postgres://somebody:hunter2@127.0.0.1:1/d?sslmode=disable")
	asker, ok := prices.(interface {
		Excess(ctx context.Context) ([]string, error)
	})
	if !ok {
		t.Fatal("the store does not tell what its user may do")
	}
	if list, err := asker.Excess(t.Context()); err == nil {
		t.Errorf("without a server: %q", list)
	}
}
