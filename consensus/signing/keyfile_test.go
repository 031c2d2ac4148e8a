package signing_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

func TestLoadOrCreateKey(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "new", "folder", "node.key")
	if _, err := signing.LoadKey(path); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("LoadKey before = %v", err)
	}
	made, created, err := signing.LoadOrCreateKey(path)
	if err != nil || !created {
		t.Fatalf("LoadOrCreateKey = %v, %v", created, err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode() != 0o600 {
		t.Fatalf("mode %v, %v", info.Mode(), err)
	}
	folder, err := os.Stat(filepath.Dir(path))
	if err != nil || folder.Mode().Perm() != 0o700 {
		t.Errorf("mode of the folder %v, %v", folder.Mode(), err)
	}
	again, created, err := signing.LoadOrCreateKey(path)
	if err != nil || created || again.Secret() != made.Secret() {
		t.Errorf("LoadOrCreateKey again = %s, %v, %v; want %s", again, created, err, made)
	}
	onlyFile(t, path)
}

// onlyFile checks that no temporary file is left beside the key.
func onlyFile(t *testing.T, path string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("beside the key: %v, %v", entries, err)
	}
}

func TestLoadKeyForms(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{
		"bare": anvilSecret, "prefix": "0x" + anvilSecret, "line feed": anvilSecret + "\n", "upper": strings.ToUpper(anvilSecret),
		"white space": " \t\r\n" + anvilSecret + "\r\n\r\n", "longest": anvilSecret + strings.Repeat(" ", 256-64),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k, err := signing.LoadKey(write(t, content))
			if err != nil || k.Address().String() != anvilAddress {
				t.Errorf("LoadKey = %s, %v", k, err)
			}
		})
	}
}

func TestLoadKeyRefuses(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{
		"empty": "", "white space": "\n \n", "short": anvilSecret[:62], "two keys": anvilSecret + "\n" + anvilSecret,
		"text": "this is no key at all", "zero": strings.Repeat("0", 64), "binary": string(ones(32)),
		"too long": anvilSecret + strings.Repeat(" ", 257-64), "endless": strings.Repeat(anvilSecret, 1<<14),
		"PEM": "-----BEGIN EC PRIVATE KEY-----\n" + anvilSecret,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := write(t, content)
			k, created, err := signing.LoadOrCreateKey(path)
			if !errors.Is(err, global.ErrMalformed) || created || !k.IsZero() {
				t.Fatalf("LoadOrCreateKey = %s, %v, %v", k, created, err)
			}
			if !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), anvilSecret[:8]) {
				t.Errorf("the error names the file and not its content: %v", err)
			}
			if kept, err := os.ReadFile(path); err != nil || string(kept) != content {
				t.Errorf("the file was changed: %q, %v", kept, err)
			}
		})
	}
}

func TestLoadKeyOfNoFile(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if _, created, err := signing.LoadOrCreateKey(folder); err == nil || created {
		t.Errorf("a folder: %v, %v", created, err)
	}
	blocked := filepath.Join(write(t, "a file"), "node.key")
	if _, created, err := signing.LoadOrCreateKey(blocked); err == nil || created {
		t.Errorf("below a file: %v, %v", created, err)
	}
}

// TestConcurrentCreation starts several first starts at once: one makes the key, all have it.
func TestConcurrentCreation(t *testing.T) {
	t.Parallel()
	const starts = 16
	path := filepath.Join(t.TempDir(), "node.key")
	keys, created, errs := make([]signing.Key, starts), make([]bool, starts), make([]error, starts)
	var all sync.WaitGroup
	for i := range starts {
		all.Go(func() { keys[i], created[i], errs[i] = signing.LoadOrCreateKey(path) })
	}
	all.Wait()
	stored, err := signing.LoadKey(path)
	if err = errors.Join(err, errors.Join(errs...)); err != nil {
		t.Fatal(err)
	}
	makers := 0
	for i, k := range keys {
		if k.Secret() != stored.Secret() {
			t.Errorf("start %d has %s, the file %s", i, k, stored)
		}
		if created[i] {
			makers++
		}
	}
	if makers != 1 {
		t.Errorf("%d made the key, want 1", makers)
	}
	onlyFile(t, path)
}

func write(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "node.key")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
