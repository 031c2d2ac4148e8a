package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/global/price"
)

// TestPowerCut copies the files of a process that signs, at moments of its own: what a machine finds whose power was cut
// then. Whatever was published before the cut may not be signed in another form by who goes on with the copy.
func TestPowerCut(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "node.db")
	process, output := child(t, path)
	t.Cleanup(func() { stop(process) })
	opened(t, output)
	var published []string
	for cut := range 25 {
		for range 10 {
			if !output.Scan() {
				t.Fatalf("the process ended: %v", output.Err())
			}
			if line := output.Text(); strings.Contains(line, "=") {
				published = append(published, line)
			}
		}
		copied := cutPower(t, process.Process.Pid, path)
		j := reopened(t, copied, nil)
		for _, line := range published {
			signAnother(t, j, line)
		}
		if notes, err := j.TakeNotes(t.Context()); err != nil || len(notes) > 1 {
			t.Errorf("cut %d: %q, %v", cut, notes, err) // one tells of a frame that was cut
		}
		_ = j.Close()
	}
}

// cutPower stops the process for a moment and copies its files.
func cutPower(t *testing.T, pid int, path string) (copied string) {
	t.Helper()
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Kill(pid, syscall.SIGCONT) }()
	for deadline := time.Now().Add(10 * time.Second); ; {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil || time.Now().After(deadline) {
			t.Fatalf("the process does not stop: %v", err)
		}
		if strings.Contains(string(stat), ") T ") {
			break
		}
	}
	copied = filepath.Join(t.TempDir(), "node.db")
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(path + suffix)
		if err == nil {
			err = os.WriteFile(copied+suffix, content, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return copied
}

// signAnother tries to sign something else at the place of a line that the process wrote.
func signAnother(t *testing.T, j *store.Journal, line string) {
	t.Helper()
	place, signed, _ := strings.Cut(line, "=")
	words := strings.Fields(place)
	var round consensus.Round
	if _, err := fmt.Sscan(words[len(words)-1], &round); err != nil {
		t.Fatal(err)
	}
	if words[0] == "propose" {
		if kept, err := j.Propose(t.Context(), price.Pair(words[1]), round, []byte("another")); err == nil && string(kept) != signed {
			t.Errorf("%s: proposed %q as well", line, kept)
		}
		return
	}
	var proposer signing.Address
	if err := proposer.UnmarshalText([]byte(words[1])); err != nil {
		t.Fatal(err)
	}
	if err := j.Cosign(t.Context(), proposer, price.Pair(words[2]), round, signing.Digest{99}); err == nil {
		t.Errorf("%s: co-signed another", line)
	}
}
