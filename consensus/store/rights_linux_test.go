package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/gossip-price/gossip-price/consensus/store"
)

// TestJournalNotWritable opens journals that the process may not write. All are refused with the file and what helps.
func TestJournalNotWritable(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		made         bool
		folder, file os.FileMode
	}{
		"file read-only":              {true, 0o777, 0o444},
		"file closed":                 {true, 0o777, 0},
		"folder read-only":            {true, 0o555, 0o666},
		"folder read-only, no file":   {false, 0o555, 0},
		"folder closed":               {true, 0, 0o666},
		"folder to be made in closed": {false, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			top := t.TempDir()
			folder := filepath.Join(top, "data")
			path := filepath.Join(folder, "node.db")
			if !c.made && c.folder == 0 {
				path = filepath.Join(folder, "made", "node.db")
			}
			if err := os.Mkdir(folder, 0o700); err != nil {
				t.Fatal(err)
			}
			if c.made {
				openJournal(t, path)()
				change(t, path, c.file)
			}
			change(t, folder, c.folder)
			defer change(t, folder, 0o700) // to be removed
			change(t, top, 0o755)
			change(t, filepath.Dir(top), 0o755)
			asNobody(t, func() {
				_, err := store.OpenJournal(t.Context(), path)
				if err == nil || !strings.Contains(err.Error(), "let this process write") || !strings.Contains(err.Error(), path) {
					t.Errorf("open = %v", err)
				}
			})
		})
	}
}

func change(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

// asNobody runs do without root's right to all files. Who is not root has none.
func asNobody(t *testing.T, do func()) {
	t.Helper()
	if os.Getuid() != 0 {
		do()
		return
	}
	setUser := func(id uintptr) { _, _, _ = syscall.RawSyscall(syscall.SYS_SETFSUID, id, 0, 0) }
	runtime.LockOSThread() // it is the thread's; the driver works on its caller's
	defer runtime.UnlockOSThread()
	setUser(65534)
	defer setUser(0)
	do()
}

// TestJournalPrivate wants new files to be nobody else's to read, and old ones to stay as they are.
func TestJournalPrivate(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "made")
	path := filepath.Join(folder, "node.db")
	defer openJournal(t, path)()
	for name, want := range map[string]os.FileMode{folder: 0o700 | os.ModeDir, path: 0o600, path + "-wal": 0o600} {
		if info, err := os.Stat(name); err != nil || info.Mode() != want {
			t.Errorf("%s: %v, %v; want %v", name, info.Mode(), err, want)
		}
	}
	if _, err := os.Stat(path + "-shm"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("shared memory of an exclusive file: %v", err)
	}
	old := filepath.Join(t.TempDir(), "node.db")
	makeVersion1(t, old)
	change(t, old, 0o640)
	defer openJournal(t, old)()
	for _, name := range []string{old, old + "-wal"} {
		if info, err := os.Stat(name); err != nil || info.Mode() != 0o640 {
			t.Errorf("%s: %v, %v; want 0640 as before", name, info, err)
		}
	}
}
