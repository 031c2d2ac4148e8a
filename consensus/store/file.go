package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/gossip-price/gossip-price/global"
)

// layout is what an SQLite file of ours is: which kind, in which version, with which tables.
type layout struct {
	kind    string   // in words
	mark    int      // PRAGMA application_id: keeps a price store from being taken for a journal
	private bool     // a new file is readable for its owner only
	steps   []string // SQL: step i leads from version i to i+1, PRAGMA user_version. A step is never changed again.
}

// openFile opens an SQLite file by connections with the given pragmas, in WAL mode and synced at every commit, and makes
// it, with its folder, where there is none. Transactions take the write lock when they begin, so that they never have to
// be repeated for want of it.
func openFile(ctx context.Context, path string, l layout, conns int, pragmas ...string) (*sql.DB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	if l.private {
		if err := makePrivate(path); err != nil {
			return nil, err
		}
	}
	query := url.Values{
		"_pragma": pragmas, "_journal_mode": {"WAL"}, "_synchronous": {"FULL"}, "_txlock": {"immediate"},
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+query.Encode())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	if err := l.prepare(ctx, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// makePrivate makes an empty file, which SQLite takes for a new one, unless there is a file: that one keeps its mode.
// Files that SQLite puts beside it get the same mode.
func makePrivate(path string) error {
	// A file that is there must not even be opened: to close it would give back the lock that this process has on it.
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return file.Close()
}

// prepare makes the tables in an empty file, brings those of an older version up to date, all in one transaction, and
// refuses files that are something else. Errors wrap global.ErrSchema.
func (l layout) prepare(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if hasCode(err, sqlite3.SQLITE_NOTADB) {
		return fmt.Errorf("%w: not an SQLite file: %w", global.ErrSchema, err)
	}
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // without effect after Commit
	version, err := l.version(ctx, tx)
	if err != nil || version == len(l.steps) {
		return err
	}
	for _, step := range l.steps[version:] {
		if _, err := tx.ExecContext(ctx, step); err != nil {
			return fmt.Errorf("bring version %d up to %d: %w", version, len(l.steps), err)
		}
	}
	mark := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", l.mark, len(l.steps))
	if _, err := tx.ExecContext(ctx, mark); err != nil {
		return err
	}
	return tx.Commit()
}

// version returns the version of the file, from which the steps lead on: 0 of an empty one. A file that they don't lead
// on from wraps global.ErrSchema.
func (l layout) version(ctx context.Context, tx *sql.Tx) (int, error) {
	var mark, version, objects int
	const look = `SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema)
		FROM pragma_application_id, pragma_user_version`
	if err := tx.QueryRowContext(ctx, look).Scan(&mark, &version, &objects); err != nil {
		return 0, err
	}
	switch {
	case objects == 0 && mark == 0 && version == 0:
		return 0, nil
	case mark != l.mark:
		return 0, fmt.Errorf("%w: not a %s of gossip-price", global.ErrSchema, l.kind)
	case version > len(l.steps):
		return 0, fmt.Errorf("%w: version %d, made by a newer gossip-price; this one knows %d: run the newer one again",
			global.ErrSchema, version, len(l.steps))
	case version < 1:
		return 0, fmt.Errorf("%w: version %d, want 1 to %d", global.ErrSchema, version, len(l.steps))
	}
	return version, nil
}

// hasCode tells whether the error is SQLite's with this result code, primary or extended.
func hasCode(err error, code int) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && (e.Code() == code || e.Code()&0xff == code)
}
