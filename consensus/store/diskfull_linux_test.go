package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/consensus/store/storetest"
)

// smallDisk mounts a file system of 512 KiB, and returns what makes it larger. TestJournalFull needs no such right.
func smallDisk(t *testing.T) (folder string, grow func()) {
	t.Helper()
	folder = t.TempDir()
	mount(t, "tmpfs", folder, "tmpfs", "size=512k")
	return folder, func() {
		if err := syscall.Mount("", folder, "", syscall.MS_REMOUNT, "size=8m"); err != nil {
			t.Fatal(err)
		}
	}
}

// mount mounts a file system for the time of the test, which is skipped where that needs a right that the user has not: then
// scripts/test.sh says so.
func mount(t *testing.T, source, folder, kind, options string) {
	t.Helper()
	switch err := syscall.Mount(source, folder, kind, 0, options); {
	case errors.Is(err, syscall.EPERM):
		t.Skipf("mount: %v", err)
	case err != nil:
		t.Fatalf("mount: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(folder, syscall.MNT_DETACH) })
}

// fill takes all that is left of the disk.
func fill(t *testing.T, folder string) {
	t.Helper()
	file, err := os.Create(filepath.Join(folder, "ballast"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	for err == nil {
		_, err = file.Write(make([]byte, 512))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
}

func wantNoSpace(t *testing.T, err error) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("on a full disk: %v", err)
	}
}

// TestDiskFull has the disk run full under a journal: what it took it holds, what it did not take may be signed in
// another form later, once there is space: in a later round, if its log was cut within a write.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	folder, grow := smallDisk(t)
	path := filepath.Join(folder, "node.db")
	j := reopened(t, path, nil)
	first := consensus.Round(time.Now().Add(time.Hour).Unix())
	taken, err := first-1, error(nil)
	for err == nil {
		taken++
		_, err = j.Propose(t.Context(), "A-B", taken, make([]byte, 20_000))
	}
	wantNoSpace(t, err)
	if kept, err := j.Proposal(t.Context(), "A-B", taken); kept != nil || err != nil {
		t.Errorf("Proposal = %d bytes, %v", len(kept), err)
	}
	for range 100 { // what was left in the last page of the file
		if err = j.Cosign(t.Context(), signing.Address{1}, "A-B", taken, signing.Digest{1}); err != nil {
			break
		}
		taken++
	}
	wantNoSpace(t, err)
	wantNoSpace(t, j.Prune(t.Context(), 0)) // it writes though nothing is forgotten: so it tells how the disk is
	told := make([]consensus.Report, 2)
	for i := range told {
		told[i] = consensus.Report{Observation: consensus.Observation{Pair: "A-B", Round: taken, Proposer: signing.Address{2, byte(i)}}}
	}
	_, err = j.Remember(t.Context(), signing.Address{1}, told)
	wantNoSpace(t, err)
	_ = j.Close() // has no space for its checkpoint
	grow()
	j = reopened(t, path, nil)
	if err := j.Cosign(t.Context(), signing.Address{1}, "A-B", taken, signing.Digest{2}); err != nil {
		t.Errorf("with space: %v", err)
	}
	if added, err := j.Remember(t.Context(), signing.Address{1}, told); err != nil || len(added) != len(told) {
		t.Errorf("remembered with space: %v, %v", added, err)
	}
	if kept, err := j.Propose(t.Context(), "A-B", first, []byte("another")); len(kept) != 20_000 || err != nil {
		t.Errorf("the first proposal: %d bytes, %v", len(kept), err)
	}
}

// TestDiskFullAtStart wants neither a new journal nor an upgrade without space, and the old one whole.
func TestDiskFullAtStart(t *testing.T) {
	t.Parallel()
	folder, grow := smallDisk(t)
	path := filepath.Join(folder, "node.db")
	c := makeVersion1(t, path)
	fill(t, folder)
	for _, name := range []string{path, filepath.Join(folder, "new.db")} {
		_, err := store.OpenJournal(t.Context(), name)
		wantNoSpace(t, err)
	}
	grow()
	if version := tables(t, path)["version"]; version != "1" {
		t.Errorf("version %s after a failed upgrade", version)
	}
	holdsVersion1(t, reopened(t, path, nil), c)
}

// TestDiskFullAtReplacement has space for one copy of a damaged journal, and no more: the start is refused at every start, which leaves
// the damaged file and nothing else, and made once there is space.
func TestDiskFullAtReplacement(t *testing.T) {
	t.Parallel()
	folder, grow := smallDisk(t)
	path := filepath.Join(folder, "node.db")
	u := makeUsed(t, storetest.NewSigners(t, "n", 3).Certificates(t, 12), false)
	content := u.files[""]
	clear(content[len(content)/2:])
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	fill(t, folder)
	ballast := filepath.Join(folder, "ballast")
	info, err := os.Stat(ballast)
	if err == nil {
		err = os.Truncate(ballast, info.Size()-int64(len(content))-16<<10)
	}
	if err != nil {
		t.Fatal(err)
	}
	for start := range 4 {
		if j, err := store.OpenJournal(t.Context(), path); err == nil {
			_ = j.Close()
			t.Fatalf("start %d: opened without space", start)
		}
		for _, infix := range []string{".damaged-", ".salvage", ".new"} {
			if found, _ := filepath.Glob(path + infix + "*"); len(found) > 0 {
				t.Fatalf("start %d leaves %v", start, found)
			}
		}
	}
	grow()
	j := reopened(t, path, nil)
	takeNotes(t, j, 1)
	if kept, _ := filepath.Glob(path + ".damaged-*Z"); len(kept) != 1 {
		t.Errorf("kept %v", kept)
	}
}
