package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	sqlite3 "modernc.org/sqlite/lib"
)

// processLock is held by the one process that has a journal, from before it looks at the file, which it may have to replace.
type processLock struct {
	db *sql.DB
	tx *sql.Tx
}

// takeLock takes SQLite's lock on an empty file beside the journal, and makes the folder where there is none. While
// another process has it the error is SQLite's BUSY. The file stays.
func takeLock(ctx context.Context, path string) (*processLock, error) {
	path, err := filepath.Abs(path + ".lock")
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	if err := makePrivate(path); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?_txlock=exclusive")
	if err != nil {
		return nil, err
	}
	tx, err := db.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &processLock{db, tx}, nil
}

// release gives the lock back. Nothing was written, so nothing can go wrong.
func (o *processLock) release() { _, _ = o.tx.Rollback(), o.db.Close() }

// InUse tells whether another process has the journal, without making a file or changing one. Where a process is about to open
// it at this very moment, that one may find it in use. Errors are those of the system and of SQLite.
func InUse(ctx context.Context, journal string) (bool, error) {
	path, err := filepath.Abs(journal + ".lock")
	if err != nil {
		return false, err
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?mode=ro")
	if err != nil {
		return false, err
	}
	var tables int
	err = db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master").Scan(&tables)
	err = errors.Join(err, db.Close())
	if hasCode(err, sqlite3.SQLITE_BUSY) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("look at lock of journal %s: %w", journal, err)
	}
	return false, nil
}
