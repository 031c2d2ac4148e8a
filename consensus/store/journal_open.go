package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// open opens the file, and deals with what is damaged. The lock is held.
func (j *Journal) open(ctx context.Context) error {
	// A start that was killed may have left the folder.
	if err := errors.Join(os.RemoveAll(workFolder(j.path)), finishReplacement(j.path)); err != nil {
		return err
	}
	doubt := checkLog(j.path)
	if doubt != nil && !errors.Is(doubt, ErrDamaged) {
		return doubt
	}
	kept, err := keepLog(j.path, doubt)
	if err != nil {
		return err
	}
	doubt, over, err := remember(j.path, doubt, overAt(time.Now(), j.path))
	if err != nil {
		return err
	}
	if j.db, err = openWhole(ctx, j.path); isDamage(err) {
		doubt = nil // the new journal stands for both
		if err = replaceJournal(ctx, j.path, err); err == nil {
			j.db, err = openWhole(ctx, j.path)
		}
	}
	if err == nil && doubt != nil {
		err = j.raise(ctx, doubt, kept, over)
	}
	if err != nil {
		return err
	}
	if err := errors.Join(settle(j.path), j.prepare(ctx)); err != nil {
		return errors.Join(err, j.db.Close())
	}
	// A new log begins, so that checkLog finds no frames of a transaction that a crash had cut short. Without it all is well too.
	_ = j.checkpoint(ctx)
	return nil
}

// openWhole opens a journal file that is whole. A damaged one wraps ErrDamaged.
func openWhole(ctx context.Context, path string) (*sql.DB, error) {
	// Set before the file is touched, this takes SQLite's lock at the first touch and gives it back at Close only.
	db, err := openFile(ctx, path, journalLayout(), 1, "locking_mode(EXCLUSIVE)")
	if err == nil {
		if err = checkWhole(ctx, db); err != nil {
			err = errors.Join(err, db.Close())
		}
	}
	if isDamage(err) && !errors.Is(err, ErrDamaged) {
		err = fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return db, err
}

// keepLog copies a damaged log, if it is one, and returns the name of the copy. A start that was interrupted has left the copy
// of the same log under the same name.
func keepLog(path string, doubt error) (kept string, err error) {
	if doubt == nil {
		return earlier, nil
	}
	info, err := os.Stat(path + "-wal")
	if err != nil {
		return "", fmt.Errorf("keep the damaged log: %w", err)
	}
	kept = asideName(path, fileStamp(info.ModTime())) + "-wal"
	if _, err := os.Stat(kept); err == nil {
		return kept, nil
	}
	work, err := makeWork(path)
	if err != nil {
		return "", fmt.Errorf("keep the damaged log: %w", err)
	}
	defer func() { _ = os.RemoveAll(work) }()
	part := filepath.Join(work, "log")
	if err = copyFile(path+"-wal", part); err == nil { // whole, or not under its name
		err = errors.Join(os.Rename(part, kept), syncFolder(kept))
	}
	if err != nil {
		return "", fmt.Errorf("keep the damaged log: %w", err)
	}
	return kept, nil
}

// raise moves the watermark beyond all that a damaged log may have had, of which SQLite takes the beginning alone.
func (j *Journal) raise(ctx context.Context, doubt error, kept string, watermark int64) error {
	err := j.update(ctx, "write watermark to", func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "UPDATE watermark SET round = max(round, ?)", watermark); err != nil {
			return err
		}
		return note(ctx, tx, fmt.Sprintf("the log of the journal was damaged (%s), by a crash, a full disk or a bad one: a copy is %s. "+
			"What was written last may be lost: certificates that no other node holds, and signatures; so this node proposes and "+
			"co-signs nothing for rounds up to %s. See docs/reliability.md, Damaged journal", found(doubt), kept, stamp(watermark)))
	})
	if err != nil {
		return errors.Join(err, j.db.Close())
	}
	return nil
}
