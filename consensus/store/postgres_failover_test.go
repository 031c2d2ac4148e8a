package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/consensus/store/postgrestest"
	"github.com/gossip-price/gossip-price/consensus/store/storetest"
)

// TestFailover writes while the primary is lost and its standby takes over: nothing that was confirmed is lost, what was not
// is an error, and the same handle writes on.
func TestFailover(t *testing.T) {
	t.Parallel()
	pair := postgrestest.StartPair(t)
	address := pair.Both(t, migrated(t, &pair.Server))
	prices := open(t, address)
	rows := storetest.NewSigners(t, "n", 1).Rows(t, 300)
	if stored, err := prices.Insert(t.Context(), store.NewBatch(rows[:100])); err != nil || len(stored) != 100 {
		t.Fatalf("stored %d, %v", len(stored), err)
	}
	pair.Crash(t)
	began := time.Now()
	for range 2 { // the old connection, and a new one to a standby alone
		if stored, err := prices.Insert(t.Context(), store.NewBatch(rows[:200])); err == nil || len(stored) > 0 {
			t.Errorf("stored %d without a primary", len(stored))
		}
	}
	pair.Promote(t)
	stored := retryInsert(t, prices, rows[:200])
	t.Logf("writes again %s after the crash", time.Since(began).Round(time.Millisecond))
	if len(stored) != 100 {
		t.Errorf("%d rows were new to the standby, want 100", len(stored))
	}
	if stored, err := prices.Insert(t.Context(), store.NewBatch(rows)); err != nil || len(stored) != 100 {
		t.Errorf("then stored %d, %v", len(stored), err)
	}
}

func retryInsert(t *testing.T, prices store.Prices, rows []consensus.Row) []consensus.Row {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		stored, err := prices.Insert(ctx, store.NewBatch(rows))
		if err == nil {
			return rows[:len(stored)]
		}
		if ctx.Err() != nil {
			t.Fatal(err)
		}
	}
}

// TestDemotedServer has a server take no writes any more on connections that are open: the handle gives them up, and goes on
// where writes are taken again.
func TestDemotedServer(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	address := migrated(t, server)
	prices := open(t, address)
	rows := storetest.NewSigners(t, "n", 1).Rows(t, 3)
	if _, err := prices.Insert(t.Context(), store.NewBatch(rows[:1])); err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	const set = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$"
	if _, err := conn.Exec(t.Context(), set); err != nil {
		t.Fatal(err)
	}
	kill := "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
	if _, err := conn.Exec(t.Context(), kill); err != nil {
		t.Fatal(err)
	}
	var last error
	for range 3 { // the first may meet the connection that was cut
		_, last = prices.Insert(t.Context(), store.NewBatch(rows[1:2]))
	}
	if _, some := errors.AsType[*store.RefusedError](last); last == nil || some {
		t.Errorf("a read-only server: %v", last)
	}
	const reset = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET default_transaction_read_only', current_database()); END $$"
	if _, err := conn.Exec(t.Context(), reset); err != nil {
		t.Fatal(err)
	}
	if stored, err := prices.Insert(t.Context(), store.NewBatch(rows)); err != nil || len(stored) != 2 {
		t.Errorf("writable again: stored %d, %v", len(stored), err)
	}
}
