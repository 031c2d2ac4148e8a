package store_test

import (
	"bytes"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/consensus/store/storetest"
)

// takeNotes returns the notes of the journal, which must be so many.
func takeNotes(t *testing.T, j *store.Journal, want int) []string {
	t.Helper()
	notes, err := j.TakeNotes(t.Context())
	if err != nil || len(notes) != want {
		t.Errorf("notes %q, %v, want %d", notes, err, want)
	}
	return notes
}

func TestSetAside(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "node.db")
	j := reopened(t, path, nil)
	all := storetest.NewSigners(t, "n", 3).Certificates(t, 5)
	slices.SortFunc(all, func(a, b consensus.Certificate) int { return a.LastSigned.Compare(b.LastSigned) })
	if err := j.Keep(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	reason := errors.New("breaks a rule")
	if err := j.SetAside(t.Context(), []store.RefusedRow{{ID: all[1].ID, Reason: reason}, {ID: signing.Digest{1}, Reason: reason}}); err != nil {
		t.Fatal(err)
	}
	j = reopened(t, path, j)
	note := strings.Join(takeNotes(t, j, 1), "")
	if !strings.Contains(note, all[1].ID.String()) || !strings.Contains(note, "breaks a rule") || !strings.Contains(note, "aside --help") {
		t.Errorf("told %q", note)
	}
	takeNotes(t, j, 0)
	aside, err := j.Aside(t.Context(), 10)
	if err != nil || len(aside) != 1 || !bytes.Equal(aside[0].ID, all[1].ID[:]) || aside[0].Reason != "breaks a rule" ||
		time.Since(aside[0].At).Abs() > time.Minute || !bytes.Equal(aside[0].Report, all[1].Encode()) {
		t.Errorf("aside: %+v, %v", aside, err)
	}
	if count, oldest, err := j.Backlog(t.Context()); count != 4 || !oldest.Equal(all[0].LastSigned) || err != nil {
		t.Errorf("Backlog = %d, %s, %v", count, oldest, err)
	}
	if n, err := j.Readmit(t.Context()); n != 1 || err != nil {
		t.Errorf("Readmit = %d, %v", n, err)
	}
	if waiting, err := j.Waiting(t.Context()); err != nil || len(waiting) != 5 || waiting[1].ID != all[1].ID {
		t.Errorf("%d wait after Readmit, %v", len(waiting), err)
	}
	if aside, err := j.Aside(t.Context(), 10); err != nil || len(aside) > 0 {
		t.Errorf("still aside: %v, %v", aside, err)
	}
	ids := []signing.Digest{all[0].ID, all[1].ID, all[2].ID, all[3].ID, all[4].ID}
	if err := j.Drop(t.Context(), ids); err != nil {
		t.Fatal(err)
	}
	if count, oldest, err := j.Backlog(t.Context()); count != 0 || !oldest.IsZero() || err != nil {
		t.Errorf("Backlog of nothing = %d, %s, %v", count, oldest, err)
	}
}

// TestAsideLosesNothing sets more aside than a node tells of at once, and puts all of it back.
func TestAsideLosesNothing(t *testing.T) {
	t.Parallel()
	const count = 5000
	j := reopened(t, filepath.Join(t.TempDir(), "node.db"), nil)
	one := storetest.NewSigners(t, "n", 1).Certificates(t, 1)[0]
	many := make([]consensus.Certificate, count)
	refused := make([]store.RefusedRow, count)
	for i := range many {
		many[i] = one
		many[i].ID = signing.Digest{byte(i >> 8), byte(i)}
		refused[i] = store.RefusedRow{ID: many[i].ID, Reason: errors.New("bad")}
	}
	if err := errors.Join(j.Keep(t.Context(), many), j.SetAside(t.Context(), refused)); err != nil {
		t.Fatal(err)
	}
	if aside, err := j.Aside(t.Context(), 10); err != nil || len(aside) != 10 || !bytes.Equal(aside[0].ID, many[count-1].ID[:]) {
		t.Errorf("the last 10 aside: %v, %v", aside, err)
	}
	takeNotes(t, j, 1000)
	if n, err := j.Readmit(t.Context()); n != count || err != nil {
		t.Errorf("Readmit = %d, %v", n, err)
	}
}

// TestOutboxDamage spoils entries of the outbox in ways that SQLite does not mind: they are set aside, the others come.
func TestOutboxDamage(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]string{
		"report":    "UPDATE outbox SET report = x'00ff' WHERE id = ?",
		"signature": "UPDATE outbox SET report = CAST(substr(report, 1, length(report) - 1) || x'5a' AS BLOB) WHERE id = ?",
		"empty":     "UPDATE outbox SET report = x'' WHERE id = ?",
		"id":        "UPDATE outbox SET id = x'010203' WHERE id = ?",
		"sum":       "UPDATE outbox SET sum = sum + 1 WHERE id = ?",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "node.db")
			j := reopened(t, path, nil)
			all := storetest.NewSigners(t, "n", 3).Certificates(t, 5)
			if err := errors.Join(j.Keep(t.Context(), all), j.Close()); err != nil {
				t.Fatal(err)
			}
			spoilEntry(t, path, spoil, all[2].ID)
			j = reopened(t, path, nil)
			list, err := j.Outbox(t.Context(), time.Now(), 100)
			ids := make([]signing.Digest, len(list))
			for i, e := range list {
				ids[i] = e.ID
			}
			due, readErr := j.Certificates(t.Context(), ids)
			if err != nil || readErr != nil || len(due) != 4 {
				t.Errorf("%d due, %v, %v", len(due), err, readErr)
			}
			if waiting, err := j.Waiting(t.Context()); err != nil || len(waiting) != 4 {
				t.Errorf("%d wait, %v", len(waiting), err)
			}
			takeNotes(t, j, 1)
			if aside, err := j.Aside(t.Context(), 100); err != nil || len(aside) != 1 || aside[0].Reason == "" {
				t.Errorf("aside: %v, %v", aside, err)
			}
		})
	}
}

func spoilEntry(t *testing.T, path, statement string, id signing.Digest) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), statement, id[:])
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestDamageInUse overwrites pages while the journal is open: from the first page that can't be read on it refuses everything,
// and says so on its channel. The next start replaces it.
func TestDamageInUse(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "node.db")
	j := reopened(t, path, nil)
	one := storetest.NewSigners(t, "n", 3).Certificates(t, 1)[0]
	many := make([]consensus.Certificate, 20_000) // more than SQLite's cache holds
	for i := range many {
		many[i] = one
		many[i].ID = signing.Digest{byte(i >> 8), byte(i)}
	}
	if err := j.Keep(t.Context(), many); err != nil {
		t.Fatal(err)
	}
	j = reopened(t, path, j)
	if err := j.Damage(); err != nil {
		t.Fatal(err)
	}
	overwrite(t, path)
	_, _, err := j.Backlog(t.Context())
	_, waitingErr := j.Waiting(t.Context())
	if !errors.Is(errors.Join(err, waitingErr), store.ErrDamaged) || !errors.Is(j.Damage(), store.ErrDamaged) {
		t.Fatalf("Backlog = %v, Waiting = %v, Damage = %v", err, waitingErr, j.Damage())
	}
	<-j.Damaged()
	if err := j.Cosign(t.Context(), signing.Address{1}, "A-B", 1<<40, signing.Digest{1}); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("Cosign = %v", err)
	}
	_ = j.Close()
	j = reopened(t, path, nil)
	if note := takeNotes(t, j, 1)[0]; !strings.Contains(note, "a new one is in its place") {
		t.Errorf("told %q", note)
	}
}

// overwrite spoils all of a file but its beginning.
func overwrite(t *testing.T, path string) {
	t.Helper()
	const beginning = 20 * 4096
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	_, err = file.WriteAt(bytes.Repeat([]byte{0xa5}, int(info.Size())-beginning), beginning)
	if err := errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
}
