package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"time"

	sqlite3 "modernc.org/sqlite/lib"
)

// pricesLayout is the twin of migrations/schema.hcl. Price and times are text: SQLite's numbers are floats, and times
// of one fixed form order as text.
func pricesLayout() layout {
	return layout{kind: "price store", mark: 0x67507263, steps: []string{`
CREATE TABLE prices (
	id TEXT NOT NULL PRIMARY KEY,
	network TEXT NOT NULL,
	pair TEXT NOT NULL,
	price TEXT NOT NULL,
	first_signer TEXT NOT NULL,
	sign_data TEXT NOT NULL CHECK (json_type(sign_data) = 'array'),
	round_time TEXT NOT NULL,
	observed_time TEXT NOT NULL,
	lastsigned_time TEXT NOT NULL,
	created_time TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;
CREATE INDEX prices_network_pair_round_time ON prices (network, pair, round_time);
CREATE INDEX prices_created_time_id ON prices (created_time, id);
CREATE TABLE price_store (
	single INTEGER NOT NULL PRIMARY KEY DEFAULT 1 CHECK (single = 1),
	id TEXT NOT NULL
) STRICT;
INSERT INTO price_store (id) VALUES ('` + rand.Text() + `');`}}
}

const (
	// busyWait bounds the wait for the write lock, in milliseconds. Writers hold it for one statement of theirs at most.
	busyWait = "15000"
	// openWait bounds the repeated tries to open a file that other processes open, and make, at the same time.
	openWait = 15 * time.Second
	// openRetry is the time between them.
	openRetry = 10 * time.Millisecond
	// sqliteConns bounds the connections to a shared file: one writes, the others read meanwhile.
	sqliteConns = 4
)

// sqlitePrices is the price store in an SQLite file.
type sqlitePrices struct{ db *sql.DB }

// openSQLite opens the file for sharing: in WAL mode readers don't wait, and writers wait for each other. It is synced
// in full, at every commit: a row that Insert returned leaves the outboxes of nodes, so it must not be lost to a power
// cut.
func openSQLite(ctx context.Context, path string) (*sqlitePrices, error) {
	deadline := time.NewTimer(openWait)
	defer deadline.Stop()
	retry := time.NewTicker(openRetry)
	defer retry.Stop()
	for {
		db, err := openFile(ctx, path, pricesLayout(), sqliteConns, "busy_timeout("+busyWait+")")
		if err == nil {
			return &sqlitePrices{db}, nil
		}
		err = fmt.Errorf("open price store %s: %w", path, err)
		if !hasCode(err, sqlite3.SQLITE_BUSY) { // the change to WAL mode does not wait by itself
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), err)
		case <-deadline.C:
			return nil, err
		case <-retry.C:
		}
	}
}

// Check implements Prices.
func (p *sqlitePrices) Check(ctx context.Context) error {
	_, err := p.ID(ctx)
	return err
}

// CheckWrite implements Prices. A statement that changes no row takes the write lock nevertheless.
func (p *sqlitePrices) CheckWrite(ctx context.Context) error {
	if _, err := p.db.ExecContext(ctx, "DELETE FROM prices WHERE false"); err != nil {
		return fmt.Errorf("check price store: %w", err)
	}
	return nil
}

// ID implements Prices.
func (p *sqlitePrices) ID(ctx context.Context) (string, error) {
	var id string
	if err := p.db.QueryRowContext(ctx, "SELECT id FROM price_store").Scan(&id); err != nil {
		return "", fmt.Errorf("read store id: %w", err)
	}
	return id, nil
}

// Close implements Prices.
func (p *sqlitePrices) Close() error { return p.db.Close() }
