package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	sqlite3 "modernc.org/sqlite/lib"
)

// ErrDamaged is returned by a journal whose file turned out to be damaged. It works no more: what was signed may be
// missing from it. The next OpenJournal replaces the file.
var ErrDamaged = errors.New("journal is damaged; the next start sets it aside and makes a new one")

// damage remembers that the file of a journal is damaged.
type damage struct {
	mu    sync.Mutex
	err   error         // guarded by mu
	known chan struct{} // closed once err is set
}

// set returns the error as ErrDamaged when it shows damage, and as it is otherwise.
func (d *damage) set(err error) error {
	if !isDamage(err) {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err == nil {
		d.err = fmt.Errorf("%w: %w", ErrDamaged, err)
		close(d.known)
	}
	return d.err
}

func (d *damage) get() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.err
}

// Damaged returns a channel that is closed when the file turns out to be damaged.
func (j *Journal) Damaged() <-chan struct{} { return j.damage.known }

// Damage returns how the file turned out to be damaged, wrapping ErrDamaged, or nil.
func (j *Journal) Damage() error {
	if err := j.damage.get(); err != nil {
		return fmt.Errorf("journal %s: %w", j.path, err)
	}
	return nil
}

// isDamage tells whether the error says that a file is damaged.
func isDamage(err error) bool {
	return hasCode(err, sqlite3.SQLITE_CORRUPT) || hasCode(err, sqlite3.SQLITE_NOTADB) || errors.Is(err, ErrDamaged)
}

// checkWhole looks whether a file is whole: its structure, and that table and index say the same of what was signed. It
// takes about a second for 500,000 signatures. What it finds wraps ErrDamaged.
func checkWhole(ctx context.Context, db *sql.DB) error {
	var found string
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&found); err != nil {
		return err
	}
	if found != "ok" {
		return fmt.Errorf("%w: %s", ErrDamaged, found)
	}
	return nil
}
