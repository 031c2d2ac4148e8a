package devnet_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/node/devnet"
)

// output is what a devnet has written so far.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// options returns those of a quick devnet on one recorded price.
func options(t *testing.T) (devnet.Options, *output) {
	t.Helper()
	folder, out := t.TempDir(), new(output)
	file := filepath.Join(folder, "one.csv")
	if err := os.WriteFile(file, []byte("time,close\n2026-01-01T00:00:00Z,2500.25\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return devnet.Options{
		Nodes: devnet.MinNodes, Interval: time.Second, Settle: time.Second, Flush: time.Second,
		Data: filepath.Join(folder, "net"), Prices: file, API: "127.0.0.1:0", Program: "gp", Version: "v1",
		Out: out, Log: slog.New(slog.DiscardHandler),
	}, out
}

func TestOptions(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(o *devnet.Options)
		want   string
	}{
		"too few nodes":      {func(o *devnet.Options) { o.Nodes = devnet.MinNodes - 1 }, "--nodes 2, want 3 to 32"},
		"too many nodes":     {func(o *devnet.Options) { o.Nodes = devnet.MaxNodes + 1 }, "--nodes 33, want 3 to 32"},
		"no interval":        {func(o *devnet.Options) { o.Interval = 0 }, "--interval 0s"},
		"half a second":      {func(o *devnet.Options) { o.Flush = 1500 * time.Millisecond }, "--flush 1.5s"},
		"backwards":          {func(o *devnet.Options) { o.Settle = -time.Second }, "--settle -1s"},
		"too long":           {func(o *devnet.Options) { o.Settle = time.Hour + time.Second }, "at most an hour"},
		"negative duration":  {func(o *devnet.Options) { o.Duration = -1 }, "--duration -1ns is negative"},
		"milliseconds alone": {func(o *devnet.Options) { o.Interval = time.Millisecond }, "want whole seconds"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, out := options(t)
			test.change(&o)
			err := devnet.Run(t.Context(), o)
			if !errors.Is(err, devnet.ErrOptions) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Run = %v, want %q", err, test.want)
			}
			if _, err := os.Stat(o.Data); err == nil || out.String() != "" {
				t.Errorf("something was begun: %s", out)
			}
		})
	}
}

// running is a devnet that runs until stop, which returns its error.
func running(t *testing.T, o devnet.Options) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- devnet.Run(ctx, o) }()
	stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() { _ = stop() })
	return stop
}

func (o *output) wait(t *testing.T, text string) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for !strings.Contains(o.String(), text) {
		select {
		case <-deadline:
			t.Fatalf("%q does not come:\n%s", text, o)
		case <-ticker.C:
		}
	}
}

func TestRun(t *testing.T) {
	t.Parallel()
	o, out := options(t)
	stop := running(t, o)
	for _, text := range []string{"node3      up at", "found 2 of 2 peers", "2500.25", "3 of 3 signers", "row written by node"} {
		out.wait(t, text)
	}
	// Another one on the same folder is refused, and harms nothing.
	other, said := options(t)
	other.Data, other.Nodes = o.Data, 5
	if err := devnet.Run(t.Context(), other); !errors.Is(err, global.ErrInUse) {
		t.Errorf("a second devnet on the folder = %v", err)
	}
	if strings.Contains(said.String(), "stopped after") {
		t.Errorf("it ends with a summary: %s", said)
	}
	if err := stop(); err != nil {
		t.Errorf("Run = %v", err)
	}
	for _, text := range []string{"stopped after ", "see the rows:  gp prices --database sqlite:", "verify them:   gp prices ", " --all --json | gp verify ", "--quorum 3\n"} {
		if !strings.Contains(out.String(), text) {
			t.Errorf("%q is not in the summary:\n%s", text, out)
		}
	}
	checkRoster(t, o)
}

// checkRoster verifies all rows by the addresses in roster.txt.
func checkRoster(t *testing.T, o devnet.Options) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(o.Data, "roster.txt"))
	if err != nil || strings.Count(string(text), "\n") != o.Nodes {
		t.Fatalf("roster: %v\n%s", err, text)
	}
	prices, err := store.Open(t.Context(), "sqlite:"+filepath.Join(o.Data, "prices.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = prices.Close() }()
	rows, err := prices.Latest(t.Context(), store.Query{})
	if err != nil || len(rows) == 0 {
		t.Fatalf("%d rows: %v", len(rows), err)
	}
	member := func(a signing.Address) bool { return strings.Contains(string(text), a.String()+" # node") }
	for _, row := range rows {
		if err := row.Verify(member, 3); err != nil {
			t.Errorf("row %s: %v", row.ID, err)
		}
	}
}
