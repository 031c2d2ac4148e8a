package store_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/consensus/store/storetest"
	"github.com/gossip-price/gossip-price/global"
)

func TestJournalInUse(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "node.db")
	first, err := store.OpenJournal(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	inUse(t, path) // what this process tried and closed must not have cost it the lock
	process, output := child(t, path)
	if output.Scan(); !strings.Contains(output.Text(), global.ErrInUse.Error()) {
		t.Errorf("another process: %q", output.Text())
	}
	stop(process)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	openJournal(t, path)()
}

func TestJournalInUseByAnotherProcess(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "node.db")
	process, output := child(t, path)
	opened(t, output)
	inUse(t, path)
	stop(process)
	openJournal(t, path)()
}

// inUse wants the journal to be refused at once, by name.
func inUse(t *testing.T, path string) {
	t.Helper()
	start := time.Now()
	_, err := store.OpenJournal(t.Context(), path)
	if !errors.Is(err, global.ErrInUse) || !strings.Contains(err.Error(), path) {
		t.Errorf("second open = %v, want ErrInUse with the file", err)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("refused after %v", took)
	}
}

// TestJournalFull has the disk run full: calls say so, nothing is half written, and space heals it.
func TestJournalFull(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "node.db")
	j, err := store.OpenJournal(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = j.Close() }()
	certificates := storetest.NewSigners(t, "n", 3).Certificates(t, 200)
	if err := j.Keep(t.Context(), certificates[:1]); err != nil {
		t.Fatal(err)
	}
	if err := j.Pragma(t.Context(), "max_page_count = 1"); err != nil { // SQLite takes as many as there are
		t.Fatal(err)
	}
	if err := j.Keep(t.Context(), certificates); err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("Keep on a full disk = %v", err)
	}
	if waiting, err := j.Waiting(t.Context()); len(waiting) != 1 || err != nil {
		t.Errorf("Waiting = %d, %v", len(waiting), err)
	}
	if err := j.Pragma(t.Context(), "max_page_count = 1000"); err != nil {
		t.Fatal(err)
	}
	if err := j.Keep(t.Context(), certificates); err != nil {
		t.Error(err)
	}
}

// TestJournalContext wants a call whose context is over to change nothing, and the lock to stay.
func TestJournalContext(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "node.db")
	j, err := store.OpenJournal(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = j.Close() }()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := j.Propose(ctx, "A-B", 60, []byte("report")); !errors.Is(err, context.Canceled) {
		t.Errorf("Propose = %v", err)
	}
	if report, err := j.Proposal(t.Context(), "A-B", 60); report != nil || err != nil {
		t.Errorf("Proposal = %q, %v", report, err)
	}
	inUse(t, path)
}

// openJournal opens the journal and returns what closes it.
func openJournal(t *testing.T, path string) func() {
	t.Helper()
	j, err := store.OpenJournal(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
