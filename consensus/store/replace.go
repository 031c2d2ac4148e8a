package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
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

// replaceJournal puts a new journal in the place of a damaged one, with what could be read from it, and keeps the damaged one
// under a name with the time in it. Whatever moment the power fails at, the next OpenJournal finds the old journal, or goes
// on with finishReplacement. A replacement that fails leaves nothing but the old journal.
func replaceJournal(ctx context.Context, path string, cause error) error {
	now := time.Now()
	work, err := makeWork(path)
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(work) }()
	copied, made := filepath.Join(work, "old.db"), filepath.Join(work, "new.db")
	if err := copyJournal(path, copied); err != nil {
		return fmt.Errorf("copy what can be read: %w", err)
	}
	s := salvage{from: copied, latest: now.Add(believedAhead), round: overAt(now, path)}
	stamp := fileStamp(now)
	if err := s.into(ctx, made, func() string { return s.note(asideName(path, stamp), cause) }); err != nil {
		return fmt.Errorf("make a new journal: %w", err)
	}
	if err := errors.Join(os.Rename(made, path+waiting+stamp), syncFolder(path)); err != nil {
		return err
	}
	return finishReplacement(path)
}

// workFolder is where a replacement is prepared. What is in it is of no use to the next start.
func workFolder(path string) string { return path + ".salvage" }

// makeWork makes an empty work folder.
func makeWork(path string) (string, error) {
	work := workFolder(path)
	return work, errors.Join(os.RemoveAll(work), os.Mkdir(work, 0o700))
}

// waiting is in the name of a new journal that waits, complete, to take the place of a damaged one, with the stamp under
// which that is kept behind it.
const waiting = ".new-"

// asideName is under which name a damaged file is kept.
func asideName(path, stamp string) string { return path + ".damaged-" + stamp }

func fileStamp(t time.Time) string { return t.UTC().Format("20060102T150405.000Z") }

// finishReplacement puts a waiting journal in its place. The old one and its log must have moved away before, on the disk too:
// SQLite would take the old log for the new one's.
func finishReplacement(path string) error {
	stamp, err := waitingStamp(path)
	if err != nil || stamp == "" {
		return err
	}
	for _, suffix := range []string{"-wal", ""} {
		if err := os.Rename(path+suffix, asideName(path, stamp)+suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("set the damaged file aside: %w", err)
		}
	}
	if err := os.Remove(path + "-shm"); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return errors.Join(syncFolder(path), os.Rename(path+waiting+stamp, path), syncFolder(path))
}

// waitingStamp returns the stamp of a journal that waits to take a place; none if none does.
func waitingStamp(path string) (string, error) {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return "", err
	}
	for _, e := range entries {
		if stamp, ok := strings.CutPrefix(e.Name(), filepath.Base(path)+waiting); ok {
			return stamp, nil
		}
	}
	return "", nil
}

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
