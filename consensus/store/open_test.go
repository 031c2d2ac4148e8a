package store_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/consensus/store/storetest"
	"github.com/gossip-price/gossip-price/global"
)

func TestOpenRefusesURLs(t *testing.T) {
	t.Parallel()
	const secret = "hunter2"
	for _, address := range []string{
		"", "prices.db", "mysql://root:hunter2@h/d", "host=h password=hunter2", "hunter2:x", "POSTGRES://u:hunter2@h/d",
		"sqlite:", "sqlite://prices.db", "sqlite:///tmp/prices.db", "sqlite::memory:", "sqlite:a/:memory:",
		"postgres://u:hunter2@h:port/d", "postgres://u:?hunter2@h/d", "postgres://u:#hunter2@h/d",
		"postgres://u:hunt%er2:hunter2@h/d", "postgres://u:hunter2@h/d?sslmode=perhaps", "postgres://u:/hunter2@h/d",
		"postgres://h/d?password=hunter2&sslmode=perhaps", "postgres://h/d?password=hunter2;&connect_timeout=x",
		"postgresql://u:hunter2@h:99999/d", "postgres://u:hunter2@[::1/d", "postgres://u:hunter2@h/d?pool_max_conns=x",
	} {
		prices, err := store.Open(t.Context(), address)
		if !errors.Is(err, global.ErrMalformed) {
			t.Errorf("Open(%q) = %v, want ErrMalformed", address, err)
		}
		if err == nil {
			_ = prices.Close()
		} else if !strings.Contains(err.Error(), "want ") || strings.Contains(err.Error(), secret) {
			t.Errorf("Open(%q) = %v: says not what would be right, or the secret", address, err)
		}
	}
}

func TestServerAway(t *testing.T) {
	t.Parallel()
	prices, err := store.Open(t.Context(), "postgres://somebody:hunter2@127.0.0.1:1/d?sslmode=disable")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = prices.Close() }()
	_, insertErr := prices.Insert(t.Context(), store.NewBatch(storetest.NewSigners(t, "n", 1).Rows(t, 1)))
	for _, err := range []error{prices.Check(t.Context()), insertErr} {
		if err == nil || errors.Is(err, global.ErrSchema) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("without a server: %v", err)
		}
	}
}

// TestFileVersions opens files that are not what they should be, as a price store and as a journal.
func TestFileVersions(t *testing.T) {
	t.Parallel()
	for kind, open := range map[string]func(t *testing.T, path string) error{
		"price store": func(t *testing.T, path string) error {
			t.Helper()
			prices, err := store.Open(t.Context(), "sqlite:"+path)
			if err == nil {
				return prices.Close()
			}
			return err
		},
		"journal": func(t *testing.T, path string) error {
			t.Helper()
			journal, err := store.OpenJournal(t.Context(), path)
			if err == nil {
				return journal.Close()
			}
			return err
		},
	} {
		for name, c := range map[string]struct {
			spoil func(t *testing.T, path string)
			want  string
		}{
			"newer":     {statement("PRAGMA user_version = 99"), "made by a newer gossip-price"},
			"older":     {statement("PRAGMA user_version = 0"), "version 0"},
			"another's": {statement("PRAGMA application_id = 77"), "not a " + kind},
			"garbage":   {garbage, "not an SQLite file"},
		} {
			if kind == "journal" && name == "garbage" {
				continue // it is replaced: see TestJournalReplaced
			}
			t.Run(kind+" "+name, func(t *testing.T) {
				t.Parallel()
				path := filepath.Join(t.TempDir(), "file.db")
				for range 2 {
					if err := open(t, path); err != nil {
						t.Fatal(err)
					}
				}
				c.spoil(t, path)
				err := open(t, path)
				if !errors.Is(err, global.ErrSchema) || !strings.Contains(err.Error(), c.want) ||
					!strings.Contains(err.Error(), path) {
					t.Errorf("open = %v, want ErrSchema with %q and the file", err, c.want)
				}
			})
		}
	}
}

func TestKindsAreApart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "node.db")
	openJournal(t, path)()
	if _, err := store.Open(t.Context(), "sqlite:"+path); !errors.Is(err, global.ErrSchema) {
		t.Errorf("a journal opened as a price store: %v", err)
	}
}

// TestManyOpen has handles make and open one file at the same time.
func TestManyOpen(t *testing.T) {
	t.Parallel()
	for range 5 {
		path := filepath.Join(t.TempDir(), "prices.db")
		ids := make([]string, 8)
		var wg sync.WaitGroup
		for i := range ids {
			wg.Go(func() {
				prices, err := store.Open(t.Context(), "sqlite:"+path)
				if err != nil {
					t.Error(err)
					return
				}
				if ids[i], err = prices.ID(t.Context()); err != nil {
					t.Error(err)
				}
				if err := prices.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, id := range ids {
			if id != ids[0] {
				t.Errorf("ids %q of one store", ids)
			}
		}
	}
}

func TestOpenWithoutFolder(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	garbage(t, file)
	if _, err := store.Open(t.Context(), "sqlite:"+file+"/prices.db"); err == nil {
		t.Error("a price store in a folder that is a file")
	}
	if _, err := store.OpenJournal(t.Context(), file+"/node.db"); err == nil {
		t.Error("a journal in a folder that is a file")
	}
}

// statement runs a statement on a file that nobody has open.
func statement(text string) func(t *testing.T, path string) {
	return func(t *testing.T, path string) {
		t.Helper()
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = db.Close() }()
		if _, err := db.ExecContext(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
}

func garbage(t *testing.T, path string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(strings.Repeat("this is no database. ", 500)), 0o600); err != nil {
		t.Fatal(err)
	}
}
