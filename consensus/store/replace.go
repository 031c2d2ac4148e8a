package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

const (
	// replaceAhead is how far beyond the present the rounds are that a damaged journal may have had signatures of: GP_CLOCKSKEW
	// is a minute at most.
	replaceAhead = time.Minute
	// believedAhead bounds the rounds that are read from a damaged journal and believed: a flipped bit must not silence a node
	// for years.
	believedAhead = 24 * time.Hour
)

// walSuffixes are those of the files that SQLite puts beside a file and that are part of it.
func walSuffixes() []string { return []string{"-wal", "-shm"} }

// replaceJournal sets a damaged journal aside under a name with the time in it, and puts a new one in its place, with what
// could be read from the old one. Whatever moment the power fails at, the next OpenJournal finds the old journal, or
// the new one, whole and under its name or under that which finishReplacement knows.
func replaceJournal(ctx context.Context, path string, cause error) error {
	now, aside := time.Now(), asideName(path)
	if err := copyJournal(path, aside); err != nil {
		return fmt.Errorf("set the damaged file aside: %w", err)
	}
	work, err := os.MkdirTemp(filepath.Dir(path), "salvage")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(work) }()
	copied, made := filepath.Join(work, "old.db"), filepath.Join(work, "new.db")
	if err := copyJournal(path, copied); err != nil {
		return err
	}
	found := salvage(ctx, copied, now.Add(believedAhead))
	watermark := max(found.round, overAt(now, path))
	if err := found.save(ctx, made, watermark, replacementNote(aside, watermark, found, cause)); err != nil {
		return fmt.Errorf("make a new journal: %w", err)
	}
	if err := errors.Join(os.Rename(made, replacement(path)), syncFolder(path)); err != nil {
		return err
	}
	return finishReplacement(path)
}

func replacementNote(aside string, watermark int64, found salvaged, cause error) string {
	return fmt.Sprintf("the journal was damaged (%v): it is kept as %s, and a new one is in its place. Brought over: %d certificates "+
		"that wait for the price store, %d proofs of fault, %d known peers. Lost: certificates that could not be read and that no other "+
		"node holds, refusals, and what was signed; so this node proposes and co-signs nothing for rounds up to %s. "+
		"Check the disk; see docs/reliability.md, Damaged journal",
		cause, aside, len(found.certificates), len(found.evidence), len(found.peers),
		stamp(watermark))
}

// asideName is under which name a damaged file is kept.
func asideName(path string) string {
	return path + ".damaged-" + time.Now().UTC().Format("20060102T150405.000Z")
}

func stamp(watermark int64) string { return time.Unix(watermark, 0).UTC().Format(time.RFC3339) }

// overAt returns the last round, in unix seconds, that something may have been signed for, as far as the clock tells: by now,
// or by the time of the last write, if the clock has been set back since.
func overAt(now time.Time, path string) int64 {
	last, latest := now, now.Add(believedAhead)
	for _, name := range []string{path, path + "-wal"} {
		if info, err := os.Stat(name); err == nil && info.ModTime().After(last) {
			last = info.ModTime()
		}
	}
	if last.After(latest) {
		last = latest
	}
	return last.Add(replaceAhead).Unix()
}

// replacement is where a new journal waits, complete, to take the place of a damaged one.
func replacement(path string) string { return path + ".new" }

// finishReplacement puts a waiting journal in its place. The old one's log must be gone from the disk before: SQLite would
// take it for the new one's.
func finishReplacement(path string) error {
	if _, err := os.Stat(replacement(path)); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for _, suffix := range walSuffixes() {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return errors.Join(syncFolder(path), os.Rename(replacement(path), path), syncFolder(path))
}

// copyJournal copies a file, and its log if there is one.
func copyJournal(from, to string) error {
	if err := copyFile(from+"-wal", to+"-wal"); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return errors.Join(copyFile(from, to), syncFolder(to))
}

func copyFile(from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = source.Close() }()
	target, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	if err = errors.Join(err, target.Sync(), target.Close()); err != nil {
		_ = os.Remove(to) // half a copy only takes room
	}
	return err
}

// syncFolder brings the names in a file's folder to the disk. Where a folder can't be synced there is nothing to do.
func syncFolder(path string) error {
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	_ = folder.Sync()
	return folder.Close()
}
