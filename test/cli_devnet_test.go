package test_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus/store"
)

// firstRow is how soon a devnet must have stored a row, at its default intervals.
const firstRow = 20 * time.Second

// A devnet with nothing around it: no server, no container, and no source of prices, because a proxy that is not there
// keeps it from Coinbase.
func cliDevnet(t *testing.T, c cli) {
	data := filepath.Join(t.TempDir(), "it's a net") // the lines to copy must be quoted
	c = c.with("HTTPS_PROXY=http://127.0.0.1:1", "NO_PROXY=")
	d := c.start(t, "devnet", "--data", data, "--api", "127.0.0.1:0")
	began := time.Now()
	until(t, firstRow, "a row in the store", func() bool { return countRows(t, data) > 0 })
	t.Logf("first row after %s", time.Since(began).Round(time.Millisecond))

	refused := c.run(t, "devnet", "--data", data, "--nodes", "6", "--prices", recording(t), "--api", "127.0.0.1:0")
	refused.want(t, 1, "in use by another process", "node1")
	if strings.Contains(refused.stdout, "verify them") {
		t.Errorf("a summary of nothing: %s", refused.stdout)
	}
	for _, text := range []string{
		"bootstrap  up at", "node4      up at", "found 3 of 3 peers by the DHT", "1 of 4 signers  proposed by node",
		"3 of 4 signers  + node", ", verified", "s; verified prices that wait: ", "row written by node",
	} {
		d.stdout.line(t, firstRow, text)
	}
	d.stop(t, os.Interrupt, 5*time.Second)
	lines := slices.Collect(strings.Lines(d.stdout.String()))
	for i, want := range []string{
		"asking Coinbase for a price ..\n",
		"REPLAY These are RECORDED prices, not live ones. Do not use them.\n",
		"REPLAY Coinbase is out of reach, so its prices of November 2025 are replayed: fetch price ETH-USD: ",
	} {
		if !strings.HasPrefix(lines[i], want) {
			t.Errorf("line %d is %q, want %q", i+1, lines[i], want)
		}
	}
	for _, line := range lines[1:] {
		if !strings.HasPrefix(line, "REPLAY ") {
			t.Errorf("no word about the replay in %q", line)
		}
	}
	d.stdout.line(t, 0, "; prices proposed: ")
	if d.stderr.String() != "" {
		t.Errorf("on stderr: %s", d.stderr)
	}
	checkCopied(t, c, d, data)
}

// checkCopied runs the two lines that a devnet ends with, and verifies all its rows by its roster.
func checkCopied(t *testing.T, c cli, d *process, data string) {
	t.Helper()
	_, show, _ := strings.Cut(d.stdout.line(t, 0, "see the rows:"), "see the rows:")
	c.shell(t, show).want(t, 0, "ETH-USD", " 0x")
	_, verify, _ := strings.Cut(d.stdout.line(t, 0, "verify them:"), "verify them:")
	c.shell(t, verify).want(t, 0, "network devnet: ", " 0 failed (quorum 3)")
	all := c.run(t, "prices", "--all", "--json", "--database", "sqlite:"+filepath.Join(data, "prices.db")).want(t, 0).stdout
	c.reading(all).run(t, "verify", "--signers", filepath.Join(data, "roster.txt")).want(t, 0, " 0 failed")
	roster, err := os.ReadFile(filepath.Join(data, "roster.txt"))
	if err != nil || strings.Count(string(roster), "\n") != 4 { // the refused devnet of 6 must not have written it
		t.Errorf("roster.txt: %v\n%s", err, roster)
	}
}

func countRows(t *testing.T, data string) int {
	t.Helper()
	file := filepath.Join(data, "prices.db")
	if _, err := os.Stat(file); err != nil {
		return 0
	}
	prices, err := store.Open(t.Context(), "sqlite:"+file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = prices.Close() }()
	rows, err := prices.Latest(t.Context(), store.Query{})
	if err != nil {
		t.Fatal(err)
	}
	return len(rows)
}

// recording writes a CSV of one price that stands for ever.
func recording(t *testing.T) string {
	t.Helper()
	return newFile(t, "time,close\n2026-01-01T00:00:00Z,1234.5678\n")
}

// A devnet on prices of one's own, quick, for a while; then again with fewer nodes: the rows of the nodes that are gone
// are verified still.
func cliRecording(t *testing.T, c cli) {
	data, file := t.TempDir(), recording(t)
	args := []string{"devnet", "--interval", "1s", "--settle", "1s", "--flush", "1s", "--api", "127.0.0.1:0", "--data", data, "--prices", file}
	long := c.start(t, append(args, "--nodes", "6", "--duration", "12s")...)
	long.end(t, 12*time.Second+10*time.Second)
	if long.code() != 0 {
		t.Fatalf("exit code %d", long.code())
	}
	long.stdout.line(t, 0, "REPLAY "+file+" is replayed, as --prices says")
	long.stdout.line(t, 0, "stopped after 1") // 12 s, or one more on a busy machine
	rows := countRows(t, data)
	short := c.start(t, args...)
	short.stdout.line(t, firstRow, "found 3 of 3 peers")
	until(t, firstRow, "more rows", func() bool { return countRows(t, data) > rows })
	short.stop(t, syscall.SIGTERM, 5*time.Second)
	rows = countRows(t, data)
	if rows <= 20 {
		t.Errorf("%d rows, no more than what prices shows without --all", rows)
	}
	for _, d := range []*process{long, short} {
		_, verify, _ := strings.Cut(d.stdout.line(t, 0, "verify them:"), "verify them:")
		c.shell(t, verify).want(t, 0, " 1234.5678 ", fmt.Sprintf("network devnet: %d checked, %d ok, 0 failed", rows, rows))
	}
	all := c.run(t, "prices", "--all", "--json", "--database", "sqlite:"+filepath.Join(data, "prices.db")).want(t, 0).stdout
	c.reading(all).run(t, "verify", "--signers", filepath.Join(data, "roster.txt")).want(t, 0, " 0 failed")
	c.run(t, append(args, "--duration", "1ms")...).want(t, 0, "stopped before the network was up")
}
