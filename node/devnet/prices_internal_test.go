package devnet

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/gossip-price/gossip-price/global/price"
)

// source serves a price as Coinbase does.
func source(t *testing.T, csv string) string {
	t.Helper()
	replay, err := price.NewReplay(strings.NewReader(csv), pair, time.Hour, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(replay)
	t.Cleanup(server.Close)
	return server.URL
}

const oneRow = "time,close\n2026-01-01T00:00:00Z,2500.25\n"

// current returns the price that a feed gives while it is served.
func current(t *testing.T, f *feed) string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	g, serving := errgroup.WithContext(ctx)
	if err := f.serve(serving, g); err != nil {
		t.Fatal(err)
	}
	defer func() {
		cancel()
		if err := g.Wait(); err != nil {
			t.Errorf("serve = %v", err)
		}
	}()
	client := price.NewCoinbase(f.url, time.Now)
	defer client.Close()
	quote, err := client.Fetch(t.Context(), pair)
	if err != nil {
		t.Fatal(err)
	}
	return quote.Price.String()
}

func TestFeed(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "own.csv")
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(oneRow, "2500.25", "77")), 0o600); err != nil {
		t.Fatal(err)
	}
	broken := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(broken.Close)
	const (
		away        = "http://127.0.0.1:1"
		asking      = "asking Coinbase for a price ..\n"
		unreachable = "Coinbase is out of reach, so its prices of November 2025 are replayed: fetch price ETH-USD: "
	)
	live := source(t, oneRow)
	for name, test := range map[string]struct {
		prices, live string
		want         string // the price, or how it begins
		why          string // of the replay, or how it begins; empty: live
		told         string
	}{
		"auto":             {"auto", live, "2500.25", "", asking},
		"live":             {"live", live, "2500.25", "", ""},
		"auto, no network": {"auto", away, "3", unreachable, asking},
		"auto, an error":   {"auto", broken.URL, "3", unreachable, asking},
		"a file":           {file, live, "77", file + " is replayed, as --prices says", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			f, err := openFeed(t.Context(), Options{Prices: test.prices, Interval: time.Second}, &screen{out: &out}, test.live)
			if err != nil {
				t.Fatal(err)
			}
			if got := current(t, f); !strings.HasPrefix(got, test.want) {
				t.Errorf("price %s, want %s", got, test.want)
			}
			if (f.replay == nil) != (test.why == "") || !strings.HasPrefix(f.why, test.why) {
				t.Errorf("replayed because %q, want %q", f.why, test.why)
			}
			expectText(t, out.String(), test.told)
		})
	}
}

// Live is what was asked for: no replay takes its place.
func TestFeedLiveOnly(t *testing.T) {
	t.Parallel()
	f, err := openFeed(t.Context(), Options{Prices: "live", Interval: time.Second}, new(screen), "http://127.0.0.1:1")
	if err != nil || f.replay != nil || f.url != "http://127.0.0.1:1" {
		t.Errorf("live without a network: %+v, %v", f, err)
	}
}

func TestFeedFails(t *testing.T) {
	t.Parallel()
	bad := filepath.Join(t.TempDir(), "bad.csv")
	if err := os.WriteFile(bad, []byte("time,close\nnow,1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := openFeed(t.Context(), Options{Prices: bad, Interval: time.Second}, new(screen), ""); err == nil || !strings.Contains(err.Error(), bad+": replay prices: line 2") {
		t.Errorf("a bad file = %v", err)
	}
	if _, err := openFeed(t.Context(), Options{Prices: "other", Interval: time.Second}, new(screen), ""); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file = %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := openFeed(ctx, Options{Prices: "auto", Interval: time.Second}, &screen{out: io.Discard}, "http://127.0.0.1:1"); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped while asking = %v", err)
	}
}

// A terminal shows in its status line that Coinbase is asked, and nothing of it is left afterwards.
func TestFeedStatus(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	s := &screen{out: &out, terminal: true}
	if _, err := openFeed(t.Context(), Options{Prices: "auto", Interval: time.Second}, s, source(t, oneRow)); err != nil {
		t.Fatal(err)
	}
	expectText(t, out.String(), "asking Coinbase for a price .."+erase)
}

// Every line of the banner over a replay has the mark; the first one says what matters.
func TestAnnounceReplay(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	d := &devnet{
		options: Options{Nodes: 4, Interval: time.Second, Data: "net"},
		screen:  &screen{out: &out},
		feed:    &feed{replay: http.NotFoundHandler(), why: "Coinbase is away: an error\nof two lines"},
	}
	d.announce()
	expectText(t, out.String(), `
REPLAY These are RECORDED prices, not live ones. Do not use them.
REPLAY Coinbase is away: an error
REPLAY of two lines
REPLAY 
REPLAY devnet: 4 nodes and a bootstrap node; a round every 1s, quorum 3; data in net
REPLAY 
`)
}
