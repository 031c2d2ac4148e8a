package store

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// doubtFile is beside a journal whose log was found damaged, and holds the last round that something may have been signed
// for. SQLite drops a damaged log when it opens the file, so the doubt is on the disk before that, and until the watermark
// is raised: whatever ends a start in between, the next one knows.
func doubtFile(path string) string { return path + ".doubt" }

// earlier is what is said of a log's copy that an interrupted start has made.
const earlier = "beside the journal, from an earlier start"

// remember puts a doubt about the log on the disk, or takes up the one of a start that was interrupted. It returns the doubt,
// nil if there is none, and the last round in question.
func remember(path string, doubt error, over int64) (error, int64, error) {
	if doubt != nil {
		return doubt, over, writeDoubt(path, over)
	}
	text, err := os.ReadFile(doubtFile(path))
	if errors.Is(err, os.ErrNotExist) {
		return nil, over, nil
	}
	if last, parse := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && parse == nil {
		over = max(over, min(last, over+int64(believedAhead.Seconds())))
	}
	// One that can't be read is a doubt too.
	return fmt.Errorf("%w: found at an earlier start", ErrDamaged), over, nil
}

func writeDoubt(path string, over int64) error {
	f, err := os.OpenFile(doubtFile(path), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("note the damaged log: %w", err)
	}
	_, err = fmt.Fprintln(f, over)
	if err = errors.Join(err, f.Sync(), f.Close(), syncFolder(path)); err != nil {
		return fmt.Errorf("note the damaged log: %w", err)
	}
	return nil
}

// settle ends a doubt: the watermark is raised.
func settle(path string) error {
	if err := os.Remove(doubtFile(path)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
