package store_test

import (
	"database/sql"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gossip-price/gossip-price/consensus/store"
)

// openRaw opens a file as SQLite alone does, with one connection.
func openRaw(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func TestUpgrade(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	upgraded, made := filepath.Join(folder, "old.db"), filepath.Join(folder, "new.db")
	c := makeVersion1(t, upgraded)
	j := reopened(t, upgraded, nil)
	holdsVersion1(t, j, c)
	j = reopened(t, upgraded, j)
	holdsVersion1(t, j, c)
	keepsEverything(t, j)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	openJournal(t, made)()
	if old, fresh := tables(t, upgraded), tables(t, made); !maps.Equal(old, fresh) {
		t.Errorf("upgraded: %v\nnew: %v", old, fresh)
	}
}

// keepsEverything uses the tables that version 1 had not.
func keepsEverything(t *testing.T, j *store.Journal) {
	t.Helper()
	e := someEvidence(t, 1)
	err := errors.Join(j.KeepEvidence(t.Context(), e), j.KeepRefusals(t.Context(), someRefusals(t, 1)))
	evidence, _, evidenceErr := j.Evidence(t.Context(), 10)
	refusals, _, refusalsErr := j.Refusals(t.Context(), store.RefusalQuery{})
	if err := errors.Join(err, evidenceErr, refusalsErr); err != nil || len(evidence) != 1 || len(refusals) != 1 {
		t.Errorf("%d and %d kept, %v", len(evidence), len(refusals), err)
	}
}

// tables returns what defines a file: its tables and indexes in SQL by name, its mark and version.
func tables(t *testing.T, path string) map[string]string {
	t.Helper()
	db := openRaw(t, path)
	rows, err := db.QueryContext(t.Context(), `SELECT name, coalesce(sql, '') FROM sqlite_schema
		UNION ALL SELECT 'mark', application_id FROM pragma_application_id
		UNION ALL SELECT 'version', user_version FROM pragma_user_version`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	found := make(map[string]string)
	for rows.Next() {
		var name, definition string
		if err := rows.Scan(&name, &definition); err != nil {
			t.Fatal(err)
		}
		found[name] = definition
	}
	if err := errors.Join(rows.Err(), rows.Close(), db.Close()); err != nil {
		t.Fatal(err)
	}
	return found
}

// TestUpgradeFails has a table in the way of the last of the new ones: nothing is changed, and the upgrade works once
// the way is free.
func TestUpgradeFails(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "node.db")
	c := makeVersion1(t, path)
	statement("CREATE TABLE refusals (x)")(t, path)
	before := tables(t, path)
	if _, err := store.OpenJournal(t.Context(), path); err == nil || !strings.Contains(err.Error(), "bring version 1 up to 5") {
		t.Errorf("open = %v", err)
	}
	if after := tables(t, path); !maps.Equal(after, before) || after["version"] != "1" {
		t.Errorf("a failed upgrade left %v", after)
	}
	statement("DROP TABLE refusals")(t, path)
	holdsVersion1(t, reopened(t, path, nil), c)
}

// TestUpgradeCrash opens what a crash within the transaction leaves: part of it is on disk already.
func TestUpgradeCrash(t *testing.T) {
	t.Parallel()
	path, crashed := filepath.Join(t.TempDir(), "node.db"), filepath.Join(t.TempDir(), "node.db")
	c := makeVersion1(t, path)
	db := openRaw(t, path)
	const halfway = `PRAGMA cache_size = 1; BEGIN IMMEDIATE; CREATE TABLE evidence (x); PRAGMA user_version = 2;
		INSERT INTO evidence VALUES (zeroblob(500000))`
	if _, err := db.ExecContext(t.Context(), halfway); err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if suffix != "" && len(content) < 400_000 {
			t.Errorf("%d bytes written ahead: the crash is not halfway", len(content))
		}
		if err := os.WriteFile(crashed+suffix, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	j := reopened(t, crashed, nil)
	holdsVersion1(t, j, c)
	keepsEverything(t, j)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if names := slices.Sorted(maps.Keys(tables(t, crashed))); !slices.Contains(names, "cosignatures_round") {
		t.Errorf("the upgrade is not whole: %v", names)
	}
}
