package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"

	sqlite3 "modernc.org/sqlite/lib"
)

// ErrDamaged is returned by a journal whose file turned out to be damaged, or can't be read any more. It works no more: what was signed may be
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

// isDamage tells whether the error says that a file is damaged, or that the disk can't read it: then what is in it is lost
// as well. When that was a passing fault of the disk, the check at the next start finds the file whole, and goes on with it.
func isDamage(err error) bool {
	if errors.Is(err, ErrDamaged) {
		return true
	}
	for _, code := range []int{
		sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_SHORT_READ,
		sqlite3.SQLITE_IOERR_DATA, sqlite3.SQLITE_IOERR_CORRUPTFS,
	} {
		if hasCode(err, code) {
			return true
		}
	}
	return false
}

// found returns what shows the damage, without the words of ErrDamaged: a note has its own.
func found(damage error) string { return strings.TrimPrefix(damage.Error(), ErrDamaged.Error()+": ") }

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
