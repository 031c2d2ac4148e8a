//go:build unix

package signing_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

func TestLoadKeyRefusesExposedFiles(t *testing.T) {
	t.Parallel()
	for mode, accepted := range map[fs.FileMode]bool{
		0o600: true, 0o400: true, 0o640: false, 0o644: false, 0o604: false, 0o602: false, 0o666: false,
	} {
		path := write(t, anvilSecret)
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		k, err := signing.LoadKey(path)
		if accepted {
			if err != nil || k.IsZero() {
				t.Errorf("mode %04o: %v", mode, err)
			}
			continue
		}
		if !errors.Is(err, signing.ErrExposed) || !k.IsZero() {
			t.Fatalf("mode %04o: %s, %v", mode, k, err)
		}
		if !strings.HasSuffix(err.Error(), "; chmod 600 "+path) || strings.Contains(err.Error(), anvilSecret[:8]) {
			t.Errorf("mode %04o: the error names the way out and no content: %v", mode, err)
		}
	}
}

// TestGroupIsShutOut: a file that a volume opened to its group is made private again; one that the world can read is not.
func TestGroupIsShutOut(t *testing.T) {
	t.Parallel()
	for mode, want := range map[fs.FileMode]fs.FileMode{0o660: 0o600, 0o640: 0o600, 0o440: 0o400, 0o644: 0o644, 0o666: 0o666} {
		path := write(t, anvilSecret)
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		k, created, err := signing.LoadOrCreateKey(path)
		if good := mode&0o007 == 0; created || k.IsZero() == good || errors.Is(err, signing.ErrExposed) == good {
			t.Errorf("mode %04o: %s, %t, %v", mode, k, created, err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("mode %04o became %04o, want %04o, %v", mode, info.Mode().Perm(), want, err)
		}
	}
}

// TestLoadKeyFollowsLinks: the mode of the file counts, that of a link says nothing.
func TestLoadKeyFollowsLinks(t *testing.T) {
	t.Parallel()
	path := write(t, anvilSecret)
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if k, err := signing.LoadKey(link); err != nil || k.Address().String() != anvilAddress {
		t.Errorf("LoadKey of a link = %s, %v", k, err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := signing.LoadKey(link); !errors.Is(err, signing.ErrExposed) {
		t.Errorf("LoadKey of a link to an exposed file = %v", err)
	}
}

// TestLoadKeyOfSpecialFiles would hang if it waited for a writer.
func TestLoadKeyOfSpecialFiles(t *testing.T) {
	t.Parallel()
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{fifo, "/dev/null", "/dev/zero", t.TempDir()} {
		if k, err := signing.LoadKey(path); !errors.Is(err, global.ErrMalformed) || !k.IsZero() {
			t.Errorf("LoadKey(%s) = %s, %v", path, k, err)
		}
	}
}

// TestLoadKeyErrorsHideContent tries a key with every kind of fault that a slip of the hand makes, in a safe file and in
// an exposed one: no eight digits of it are told.
func TestLoadKeyErrorsHideContent(t *testing.T) {
	t.Parallel()
	for _, content := range []string{
		anvilSecret + "0", anvilSecret[:63], "0X" + anvilSecret, `"` + anvilSecret + `"`, "key=" + anvilSecret,
		anvilSecret + " " + anvilSecret, anvilSecret[:32] + "\n" + anvilSecret[32:], anvilSecret[:63] + "g",
	} {
		for _, mode := range []fs.FileMode{0o600, 0o644} {
			path := write(t, content)
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
			_, err := signing.LoadKey(path)
			if err == nil {
				t.Fatalf("LoadKey of %q is no error", content)
			}
			for i := range len(anvilSecret) - 8 {
				if strings.Contains(err.Error(), anvilSecret[i:i+8]) {
					t.Errorf("content is told: %v", err)
				}
			}
		}
	}
}
