package store_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/consensus/store/storetest"
)

// failingDisk is a file system on a loop device. Where its image is cut the kernel answers with EIO, as for a bad sector.
type failingDisk struct {
	folder, image string
}

// newFailingDisk makes a file system of 32 MiB with the given files in its last blocks, so that nothing new is put behind them.
func newFailingDisk(t *testing.T, files map[string][]byte) *failingDisk {
	t.Helper()
	d := &failingDisk{t.TempDir(), filepath.Join(t.TempDir(), "image")}
	mount(t, "tmpfs", d.folder, "tmpfs", "") // tells whether it may be done at all, before a loop device is asked for
	err := os.WriteFile(d.image, nil, 0o600)
	if err := errors.Join(err, os.Truncate(d.image, 32<<20)); err != nil {
		t.Fatal(err)
	}
	tool(t, "mkfs.ext4", "-q", "-b", "4096", "-m", "0", "-O", "^has_journal", d.image)
	device := strings.TrimSpace(tool(t, "losetup", "--find", "--show", d.image))
	t.Cleanup(func() { _ = exec.Command("losetup", "--detach", device).Run() }) //nolint:noctx // t's is over
	mount(t, device, d.folder, "ext4", "")
	fill(t, d.folder)
	ballast := filepath.Join(d.folder, "ballast")
	info, err := os.Stat(ballast)
	if err != nil {
		t.Fatal(err)
	}
	size := info.Size() - 16<<10
	for _, content := range files {
		size -= int64(len(content))
	}
	err = os.Truncate(ballast, size)
	for name, content := range files {
		err = errors.Join(err, os.WriteFile(filepath.Join(d.folder, name), content, 0o600))
	}
	if err := errors.Join(err, os.Remove(ballast)); err != nil {
		t.Fatal(err)
	}
	syscall.Sync()
	return d
}

// tool runs a program. A machine without it fails the test.
func tool(t *testing.T, name string, arguments ...string) string {
	t.Helper()
	output, err := exec.CommandContext(t.Context(), name, arguments...).Output()
	if err != nil {
		t.Fatalf("%s: %v; on Debian: apt-get install e2fsprogs mount", name, err)
	}
	return string(output)
}

// fail makes a file unreadable from a page on.
func (d *failingDisk) fail(t *testing.T, name string, page int) {
	t.Helper()
	syscall.Sync()
	block, err := strconv.Atoi(strings.TrimSpace(tool(t, "debugfs", "-R", "bmap /"+name+" "+strconv.Itoa(page), d.image)))
	if err != nil || block == 0 {
		t.Fatalf("page %d is in block %d, %v", page, block, err)
	}
	path := filepath.Join(d.folder, name)
	file, err := os.Open(path)
	if err := errors.Join(err, os.Truncate(d.image, int64(block)*4096)); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	const dontNeed = 4
	if _, _, errno := syscall.Syscall6(syscall.SYS_FADVISE64, file.Fd(), 0, 0, dontNeed, 0, 0); errno != 0 {
		t.Fatal(errno)
	}
	if content, err := os.ReadFile(path); !errors.Is(err, syscall.EIO) || len(content) < 4096 {
		t.Fatalf("read %d bytes, %v: not the fault to be tested", len(content), err)
	}
}

// TestUnreadableSector has the disk fail to read the end of a journal: at the start it is replaced as a damaged one is, with
// what can be read, and the file is kept.
func TestUnreadableSector(t *testing.T) {
	t.Parallel()
	all := storetest.NewSigners(t, "n", 3).Certificates(t, 1200)
	u := makeUsed(t, all, false)
	d := newFailingDisk(t, map[string][]byte{"node.db": u.files[""]})
	path := filepath.Join(d.folder, "node.db")
	d.fail(t, "node.db", len(u.files[""])/4096*2/3)
	j := reopened(t, path, nil)
	note := takeNotes(t, j, 1)[0]
	waiting, err := j.Waiting(t.Context())
	if err != nil || len(waiting) < len(all)/10 || len(waiting) == len(all) {
		t.Errorf("%d of %d certificates brought over, %v; told %q", len(waiting), len(all), err, note)
	}
	t.Logf("%d of %d certificates brought over", len(waiting), len(all))
	for _, c := range waiting {
		if u.waiting[c.ID].ID != c.ID {
			t.Errorf("a false certificate: %v", c)
		}
	}
	u.signAgain(t, j)
	reopened(t, path, j)
	kept, _ := filepath.Glob(path + ".damaged-*")
	if len(kept) != 1 || !strings.Contains(note, kept[0]) {
		t.Errorf("kept %v; told %q", kept, note)
	}
}

// TestUnreadableSectorInUse has the disk fail under an open journal: it refuses everything from then on.
func TestUnreadableSectorInUse(t *testing.T) {
	t.Parallel()
	made := filepath.Join(t.TempDir(), "node.db")
	j := reopened(t, made, nil)
	one := storetest.NewSigners(t, "n", 3).Certificates(t, 1)[0]
	many := make([]consensus.Certificate, 20_000) // more than SQLite's cache holds
	for i := range many {
		many[i] = one
		many[i].ID = signing.Digest{byte(i >> 8), byte(i)}
	}
	if err := errors.Join(j.Keep(t.Context(), many), j.Close()); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(made)
	if err != nil {
		t.Fatal(err)
	}
	d := newFailingDisk(t, map[string][]byte{"node.db": content})
	j = reopened(t, filepath.Join(d.folder, "node.db"), nil)
	d.fail(t, "node.db", len(content)/4096/2)
	if _, err := j.Waiting(t.Context()); !errors.Is(err, store.ErrDamaged) || !errors.Is(j.Damage(), store.ErrDamaged) {
		t.Fatalf("Waiting = %v, Damage = %v", err, j.Damage())
	}
	<-j.Damaged()
	if err := j.Cosign(t.Context(), signing.Address{1}, "A-B", 1<<40, signing.Digest{1}); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("Cosign = %v", err)
	}
}
