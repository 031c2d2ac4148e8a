package test_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus/store"
)

// A whole network loses its power at one instant, in the midst of whatever it was writing: all nodes are one process here,
// which is stopped while its files are copied. Of the copies a network comes up that stores every price that any node had told
// as verified.
func cliPowerCut(t *testing.T, c cli) {
	data := t.TempDir()
	args := []string{"devnet", "--interval", "1s", "--settle", "1s", "--flush", "1s", "--api", "127.0.0.1:0", "--prices", recording(t)}
	d := c.start(t, append(args, "--data", data)...)
	d.stdout.line(t, firstRow, ", verified")
	total, waited := 0, 0
	for cut := range 5 {
		<-time.After(700*time.Millisecond + rand.N(time.Second))
		if err := d.signal(syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		until(t, firstRow, "the network stops", func() bool { return d.stopped(t) })
		copied := filepath.Join(t.TempDir(), "net")
		err := copyFolder(data, copied)
		told := verifiedIn(d)
		if contErr := d.signal(syscall.SIGCONT); err != nil || contErr != nil {
			t.Fatal(err, contErr)
		}
		total, waited = total+len(told), waited+len(missingRows(t, copied, told))
		again := c.start(t, append(args, "--data", copied)...)
		if missing := missingAfter(t, time.Minute, copied, told); len(missing) > 0 {
			t.Fatalf("cut %d: not stored within a minute: %s\nbefore the cut: %s\nafter it: %s", cut, missing,
				linesOf(d, missing), linesOf(again, missing))
		}
		again.stop(t, syscall.SIGTERM, 10*time.Second)
		for _, line := range again.stderr.lines(" journal ") {
			// The log is damaged when a write was cut into halves; where rounds end while the network starts, none of them is signed any more.
			if !strings.Contains(line, "the log of the journal was damaged") && !strings.Contains(line, "already signed for this round") {
				t.Errorf("cut %d: %s", cut, line)
			}
		}
	}
	d.stop(t, syscall.SIGTERM, 10*time.Second)
	if waited == 0 {
		t.Error("no price waited for its row at any cut: nothing was tested")
	}
	t.Logf("5 cuts, %d prices told as verified, %d of them not stored at the cut, 0 lost", total, waited)
}

// copyFolder copies the data of a network. Keys are nobody else's to read.
func copyFolder(from, to string) error {
	err := os.CopyFS(to, os.DirFS(from))
	keys, _ := filepath.Glob(filepath.Join(to, "*", "*.key")) // errs on a bad pattern only
	for _, key := range keys {
		err = errors.Join(err, os.Chmod(key, 0o600))
	}
	return err
}

// stopped tells whether the kernel has stopped the process.
func (p *process) stopped(t *testing.T) bool {
	t.Helper()
	stat, err := os.ReadFile("/proc/" + p.id() + "/stat")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Contains(string(stat), ") T ")
}

// verifiedIn returns the short ids of the prices that a devnet has told as verified.
func verifiedIn(d *process) (ids []string) {
	for _, line := range d.stdout.lines(", verified") {
		for _, word := range strings.Fields(line) {
			if strings.HasPrefix(word, "0x") {
				ids = append(ids, word)
			}
		}
	}
	return ids
}

// missingAfter waits for the rows of the prices and returns those that have none after the time.
func missingAfter(t *testing.T, within time.Duration, data string, ids []string) []string {
	t.Helper()
	deadline := time.After(within)
	for {
		missing := missingRows(t, data, ids)
		if len(missing) == 0 {
			return nil
		}
		select {
		case <-deadline:
			return missing
		case <-time.After(pollPeriod):
		}
	}
}

// linesOf returns all that the devnet told of the prices.
func linesOf(p *process, ids []string) string {
	var b strings.Builder
	for _, id := range ids {
		for _, line := range p.stdout.lines(id) {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

// missingRows returns those of the prices that have no row.
func missingRows(t *testing.T, data string, ids []string) (missing []string) {
	t.Helper()
	prices, err := store.Open(t.Context(), "sqlite:"+filepath.Join(data, "prices.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = prices.Close() }()
	rows, err := prices.Latest(t.Context(), store.Query{Limit: store.MaxRows})
	if err != nil {
		t.Fatal(err)
	}
	stored := make(map[string]bool)
	for _, r := range rows {
		stored[r.ID.Short()] = true
	}
	for _, id := range ids {
		if !stored[id] {
			missing = append(missing, id)
		}
	}
	return missing
}
