package migrations_test

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/gossip-price/gossip-price/migrations"
)

func apply(t *testing.T, address string) []string {
	t.Helper()
	statements, err := migrations.Apply(t.Context(), address, "")
	if err != nil {
		t.Fatal(err)
	}
	return statements
}

func storeID(t *testing.T, address string) string {
	t.Helper()
	return ask(t, address, "SELECT id FROM price_store")
}

// try runs statements by a connection of its own.
func try(t *testing.T, address, statements string) ([]*pgconn.Result, error) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	return conn.PgConn().Exec(t.Context(), statements).ReadAll()
}

// do runs statements that must succeed.
func do(t *testing.T, address, statements string) []*pgconn.Result {
	t.Helper()
	results, err := try(t, address, statements)
	if err != nil {
		t.Fatalf("%s: %v", statements, err)
	}
	return results
}

// ask returns the one value of a query's one row.
func ask(t *testing.T, address, query string) string {
	t.Helper()
	rows := do(t, address, query)[0].Rows
	if len(rows) != 1 {
		t.Fatalf("%s: %d rows", query, len(rows))
	}
	return string(rows[0][0])
}
