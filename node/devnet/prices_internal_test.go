package devnet

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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

// current returns the price that a feed gives.
func current(t *testing.T, f *feed) string {
	t.Helper()
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
	const away = "http://127.0.0.1:1"
	live := source(t, oneRow)
	for name, test := range map[string]struct {
		prices, live string
		want         string // the price, or how it begins
		why          string // of the replay; empty: live
	}{
		"auto":             {"auto", live, "2500.25", ""},
		"live":             {"live", live, "2500.25", ""},
		"auto, no network": {"auto", away, "3", "Coinbase is out of reach ("},
		"auto, an error":   {"auto", broken.URL, "3", "Coinbase is out of reach ("},
		"a file":           {file, live, "77", file + " is replayed, as --prices says"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, err := openFeed(t.Context(), Options{Prices: test.prices, Interval: time.Second}, test.live)
			if err != nil {
				t.Fatal(err)
			}
			if got := current(t, f); !strings.HasPrefix(got, test.want) {
				t.Errorf("price %s, want %s", got, test.want)
			}
			if (f.replay == nil) != (test.why == "") || !strings.HasPrefix(f.why, test.why) {
				t.Errorf("replayed because %q, want %q", f.why, test.why)
			}
			if err := f.close(); err != nil {
				t.Errorf("close = %v", err)
			}
		})
	}
}

// Live is what was asked for: no replay takes its place.
func TestFeedLiveOnly(t *testing.T) {
	t.Parallel()
	f, err := openFeed(t.Context(), Options{Prices: "live", Interval: time.Second}, "http://127.0.0.1:1")
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
	if _, err := openFeed(t.Context(), Options{Prices: bad, Interval: time.Second}, ""); err == nil || !strings.Contains(err.Error(), bad+": replay prices: line 2") {
		t.Errorf("a bad file = %v", err)
	}
	if _, err := openFeed(t.Context(), Options{Prices: "other", Interval: time.Second}, ""); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file = %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := openFeed(ctx, Options{Prices: "auto", Interval: time.Second}, "http://127.0.0.1:1"); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped while asking = %v", err)
	}
}
