package postgrestest_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"github.com/gossip-price/gossip-price/consensus/store/postgrestest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestDatabasesAreApart(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	one, other := server.Database(t), server.Database(t)
	query(t, one, "CREATE TABLE here (n int)")
	if n := query(t, one, "SELECT * FROM pg_tables WHERE tablename = 'here'"); n != 1 {
		t.Errorf("%d tables in the database where one was made", n)
	}
	if n := query(t, other, "SELECT * FROM pg_tables WHERE tablename = 'here'"); n != 0 {
		t.Errorf("%d tables in the other database", n)
	}
}

func TestDatabasesGo(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	gone := make(chan string, 1)
	t.Cleanup(func() { // runs once the subtest is over, and before the server stops
		ctx := context.WithoutCancel(t.Context())
		if conn, err := pgx.Connect(ctx, <-gone); err == nil {
			_ = conn.Close(ctx)
			t.Error("the database outlives its test")
		}
	})
	t.Run("inner", func(t *testing.T) {
		t.Parallel()
		gone <- server.Database(t)
	})
}

func TestNodeRolesGo(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	all := server.Database(t)
	gone := make(chan string, 1)
	t.Cleanup(func() { // runs once the subtest is over
		ctx := context.WithoutCancel(t.Context())
		conn, err := pgx.Connect(ctx, all)
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = conn.Close(ctx) }()
		left, err := conn.Exec(ctx, "SELECT FROM pg_roles WHERE position('"+<-gone+"' IN rolname) > 0")
		if err != nil || left.RowsAffected() > 0 {
			t.Errorf("%d roles outlive their test: %v", left.RowsAffected(), err)
		}
	})
	t.Run("inner", func(t *testing.T) {
		t.Parallel()
		owner, node := server.NodeDatabase(t)
		config, err := pgx.ParseConfig(node)
		if err != nil {
			t.Fatal(err)
		}
		gone <- config.User
		query(t, owner, "CREATE ROLE "+config.User)
		query(t, owner, "CREATE ROLE \"beside "+config.User+"\"")
		query(t, owner, "GRANT CREATE ON SCHEMA public TO "+config.User)
	})
}

func query(t *testing.T, address, statement string) int64 {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	tag, err := conn.Exec(t.Context(), statement)
	if err != nil {
		t.Fatal(err)
	}
	return tag.RowsAffected()
}
