package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/gossip-price/gossip-price/global"
)

// Journal is what a node keeps for itself, on disk before anything of it is published: what it signed, the certificates
// that no price store has confirmed yet, what it refused to sign, the proofs of others' faults, and the peers that it
// knows. It holds no secret, but nobody else has to read it: a new file has mode 0600. It is safe for concurrent use;
// calls take turns. Every call that changes something is on disk, synced, when it returns. Once begun a call is not cut
// short by its context: that would cost the connection, and with it the lock on the file.
type Journal struct {
	path   string
	lock   *processLock
	db     *sql.DB
	group  group // of calls that say what is about to be signed
	damage damage

	insertProposal, insertCosignature *sql.Stmt // closed with db
}

// OpenJournal opens the journal file, and makes it, with its folder, where there is none. Only one process can have it
// open: another one, or another Journal, gets global.ErrInUse at once. A file of an older version is brought up to date:
// all of it or, with an error, nothing. One that is something else, or of a newer version, wraps global.ErrSchema. One
// that is damaged is set aside under another name and replaced; a damaged log beside it is copied. A note tells, and nothing
// is signed for the rounds that there may have been signatures of (docs/reliability.md).
func OpenJournal(ctx context.Context, path string) (*Journal, error) {
	j := &Journal{path: path, damage: damage{known: make(chan struct{})}}
	var err error
	if j.lock, err = takeLock(ctx, path); err != nil {
		return nil, j.explain("open", err)
	}
	if err = j.open(ctx); err != nil {
		j.lock.release()
		return nil, j.explain("open", err)
	}
	return j, nil
}

// Close gives the file back. It waits for calls that are under way.
func (j *Journal) Close() error {
	defer j.lock.release()
	if err := j.db.Close(); err != nil {
		return j.explain("close", err)
	}
	return nil
}

// update runs do in one transaction: all of it or, with an error, nothing.
func (j *Journal) update(ctx context.Context, action string, do func(context.Context, *sql.Tx) error) error {
	if err := errors.Join(ctx.Err(), j.damage.get()); err != nil {
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

// query runs a query in a transaction and has take read each row.
func (j *Journal) query(
	ctx context.Context, action string, take func(*sql.Rows) error, query string, arguments ...any,
) error {
	return j.update(ctx, action, func(ctx context.Context, tx *sql.Tx) (err error) {
		rows, err := tx.QueryContext(ctx, query, arguments...)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, rows.Close()) }()
		for rows.Next() {
			if err := take(rows); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}

// explain names the action and the file, and says in words what SQLite only numbers, and what helps.
func (j *Journal) explain(action string, err error) error {
	err = j.damage.set(err)
	switch {
	case hasCode(err, sqlite3.SQLITE_BUSY):
		err = fmt.Errorf("%w, stop that one first: %w", global.ErrInUse, err)
	case hasCode(err, sqlite3.SQLITE_FULL):
		err = fmt.Errorf("no space left on the disk, make some: %w", err)
	case hasCode(err, sqlite3.SQLITE_READONLY), hasCode(err, sqlite3.SQLITE_CANTOPEN),
		hasCode(err, sqlite3.SQLITE_IOERR_LOCK), errors.Is(err, os.ErrPermission):
		err = fmt.Errorf("let this process write and lock the file, and write its folder: %w", err)
	case hasCode(err, sqlite3.SQLITE_IOERR):
		err = fmt.Errorf("the disk is full or broken: %w", err)
	}
	return fmt.Errorf("%s journal %s: %w", action, j.path, err)
}
