package org

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// TestAllOrNothing lets the last of the files fail.
func TestAllOrNothing(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	files := []file{{"key.env", "secret"}, {filepath.Join("missing", "folder"), "x"}}
	if err := write(filepath.Join(parent, "acme"), files); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("write = %v", err)
	}
	left(t, parent, 0)
}

// TestNeverWritesOver: a folder that appears after New has looked is kept, unless it is empty.
func TestNeverWritesOver(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	if err := os.Mkdir(filepath.Join(parent, "acme"), 0o700); err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(parent, "acme", "node1.env")
	if err := os.WriteFile(key, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := write(filepath.Join(parent, "acme"), []file{{"node1.env", "new"}}); err == nil {
		t.Error("no error")
	}
	if content, err := os.ReadFile(key); err != nil || string(content) != "old" {
		t.Errorf("the key is %q, %v", content, err)
	}
	left(t, parent, 1)
}

// TestOneOfManyWins makes the same folder at once: one organisation is there, whole, and its maker alone was told so.
func TestOneOfManyWins(t *testing.T) {
	t.Parallel()
	const makers = 8
	parent := t.TempDir()
	made, errs := make([]Organisation, makers), make([]error, makers)
	var all sync.WaitGroup
	for i := range makers {
		all.Go(func() { made[i], errs[i] = New(Options{Name: "acme", Nodes: 3, Dir: filepath.Join(parent, "acme")}) })
	}
	all.Wait()
	winners := 0
	for i, err := range errs {
		if err != nil {
			continue
		}
		winners++
		content, err := os.ReadFile(filepath.Join(parent, "acme", "roster.txt"))
		if want := made[i].Signers[0].String(); err != nil || !bytes.Contains(content, []byte(want)) {
			t.Errorf("the roster %q has no %s: %v", content, want, err)
		}
	}
	if winners != 1 {
		t.Errorf("%d made it: %v", winners, errs)
	}
	left(t, parent, 1)
}

// left checks how much is in a folder.
func left(t *testing.T, dir string, want int) {
	t.Helper()
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != want {
		t.Errorf("in the folder: %v, %v; want %d", entries, err, want)
	}
}
