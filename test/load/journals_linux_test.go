package load_test

import (
	"crypto/rand"
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	_ "modernc.org/sqlite" // as the nodes' journals
)

// journals returns the CPU time of a price in the journals of all nodes, were each written by the bare driver in the fewest
// transactions that a round allows, each synced: proposals, co-signatures, certificates in, and certificates out again.
func journals(t *testing.T, pairs int) time.Duration {
	t.Helper()
	const rounds = 20
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "bare.db")+
		"?_journal_mode=WAL&_synchronous=FULL&_txlock=immediate&_pragma=locking_mode(EXCLUSIVE)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(t.Context(), `CREATE TABLE signed (id BLOB PRIMARY KEY, report BLOB) STRICT;
		CREATE TABLE outbox (id BLOB PRIMARY KEY, at INTEGER, report BLOB) STRICT; CREATE INDEX due ON outbox (at, id)`); err != nil {
		t.Fatal(err)
	}
	prices := pairs * nodes
	certificate := make([]byte, 120+91*quorum)
	began := used(t)
	for range rounds {
		ids := make([][]byte, prices)
		for i := range ids {
			ids[i] = make([]byte, 32)
			_, _ = rand.Read(ids[i])
		}
		const sign, keep, drop = "INSERT INTO signed VALUES (?, ?)", "INSERT INTO outbox VALUES (?, 1, ?)", "DELETE FROM outbox WHERE id = ?"
		own, others := ids[:pairs], ids[pairs:pairs+pairs*(quorum-1)]
		write(t, db, sign, own, certificate[:210])
		write(t, db, sign, others, ids[0])
		write(t, db, keep, ids, certificate)
		write(t, db, drop, ids)
	}
	return (used(t) - began) * nodes / time.Duration(rounds*prices)
}

// write runs a statement for each id, in one transaction.
func write(t *testing.T, db *sql.DB, statement string, ids [][]byte, more ...any) {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback() //nolint:errcheck // without effect after Commit
	prepared, err := tx.PrepareContext(t.Context(), statement)
	if err != nil {
		t.Fatal(err)
	}
	defer prepared.Close()
	for _, id := range ids {
		if _, err := prepared.ExecContext(t.Context(), append([]any{id}, more...)...); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}
