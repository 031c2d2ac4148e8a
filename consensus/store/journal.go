package store

import (
	"context"
	"database/sql"
	"fmt"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/gossip-price/gossip-price/global"
)

// journalLayout holds times and rounds as integers (unix milliseconds and seconds), digests and addresses as bytes, and
// reports as they travel. Columns beside a report are what is searched by.
func journalLayout() layout {
	return layout{kind: "journal", mark: 0x67506a6c, version: 1, schema: `
CREATE TABLE watermark (
	single INTEGER NOT NULL PRIMARY KEY DEFAULT 1 CHECK (single = 1),
	round INTEGER NOT NULL
) STRICT;
INSERT INTO watermark (round) VALUES (0);
CREATE TABLE proposals (
	pair TEXT NOT NULL,
	round INTEGER NOT NULL,
	report BLOB NOT NULL,
	PRIMARY KEY (pair, round)
) STRICT;
CREATE TABLE cosignatures (
	proposer BLOB NOT NULL,
	pair TEXT NOT NULL,
	round INTEGER NOT NULL,
	id BLOB NOT NULL,
	PRIMARY KEY (proposer, pair, round)
) STRICT, WITHOUT ROWID;
CREATE TABLE outbox (
	id BLOB NOT NULL PRIMARY KEY,
	lastsigned INTEGER NOT NULL,
	signers INTEGER NOT NULL,
	report BLOB NOT NULL
) STRICT;
CREATE INDEX outbox_lastsigned_id ON outbox (lastsigned, id);
CREATE TABLE peers (
	id TEXT NOT NULL PRIMARY KEY,
	position INTEGER NOT NULL,
	addrs TEXT NOT NULL
) STRICT;`}
}

// Journal is what a node keeps for itself, on disk before anything of it is published: what it signed, the certificates
// that no price store has confirmed yet, and the peers that it knows. It is safe for concurrent use; calls take turns.
// Every call that changes something is on disk, synced, when it returns. Once begun a call is not cut short by its
// context: that would cost the connection, and with it the lock on the file.
type Journal struct {
	path string
	db   *sql.DB
}

// OpenJournal opens the journal file, and makes it, with its folder, where there is none. Only one process can have it
// open: another one, or another Journal, gets global.ErrInUse at once. A file that is something else, or of another
// version, wraps global.ErrSchema.
func OpenJournal(ctx context.Context, path string) (*Journal, error) {
	// In exclusive mode the lock is taken by the first transaction and held until Close.
	db, err := openFile(ctx, path, journalLayout(), 1,
		"locking_mode(EXCLUSIVE)", "journal_mode(WAL)", "synchronous(FULL)")
	j := &Journal{path, db}
	if err != nil {
		return nil, j.explain("open", err)
	}
	return j, nil
}

// Close gives the file back. It waits for calls that are under way.
func (j *Journal) Close() error {
	if err := j.db.Close(); err != nil {
		return j.explain("close", err)
	}
	return nil
}

// update runs do in one transaction: all of it or, with an error, nothing.
func (j *Journal) update(ctx context.Context, action string, do func(context.Context, *sql.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return j.explain(action, err)
	}
	ctx = context.WithoutCancel(ctx)
	tx, err := j.db.BeginTx(ctx, nil)
	if err != nil {
		return j.explain(action, err)
	}
	defer func() { _ = tx.Rollback() }() // without effect after Commit
	if err := do(ctx, tx); err != nil {
		return j.explain(action, err)
	}
	if err := tx.Commit(); err != nil {
		return j.explain(action, err)
	}
	return nil
}

// explain names the action and the file, and says in words what SQLite only numbers.
func (j *Journal) explain(action string, err error) error {
	switch {
	case hasCode(err, sqlite3.SQLITE_BUSY):
		err = fmt.Errorf("%w: %w", global.ErrInUse, err)
	case hasCode(err, sqlite3.SQLITE_FULL):
		err = fmt.Errorf("no space left on the disk: %w", err)
	}
	return fmt.Errorf("%s journal %s: %w", action, j.path, err)
}
