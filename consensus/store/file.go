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
	kind    string // in words
	mark    int    // PRAGMA application_id: keeps a price store from being taken for a journal
	version int    // PRAGMA user_version
	schema  string
}

// openFile opens an SQLite file by connections with the given pragmas, and makes it, with its folder, where there is
// none. Transactions take the write lock when they begin, so that they never have to be repeated for want of it.
func openFile(ctx context.Context, path string, l layout, conns int, pragmas ...string) (*sql.DB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	query := url.Values{"_pragma": pragmas, "_txlock": {"immediate"}}
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

// prepare makes the tables in an empty file and refuses files that are something else. Errors wrap global.ErrSchema.
func (l layout) prepare(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if hasCode(err, sqlite3.SQLITE_NOTADB) {
		return fmt.Errorf("%w: not an SQLite file", global.ErrSchema)
	}
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // without effect after Commit
	var mark, version, objects int
	const look = `SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema)
		FROM pragma_application_id, pragma_user_version`
	if err := tx.QueryRowContext(ctx, look).Scan(&mark, &version, &objects); err != nil {
		return err
	}
	switch {
	case objects == 0 && mark == 0 && version == 0:
		create := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;", l.mark, l.version)
		if _, err := tx.ExecContext(ctx, create+l.schema); err != nil {
			return err
		}
		return tx.Commit()
	case mark != l.mark:
		return fmt.Errorf("%w: not a %s of gossip-price", global.ErrSchema, l.kind)
	case version > l.version:
		return fmt.Errorf("%w: version %d, made by a newer gossip-price; this one knows %d: update it",
			global.ErrSchema, version, l.version)
	case version < l.version:
		return fmt.Errorf("%w: version %d, this gossip-price needs %d", global.ErrSchema, version, l.version)
	}
	return nil
}

// hasCode tells whether the error is SQLite's with this primary result code.
func hasCode(err error, code int) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code()&0xff == code
}
