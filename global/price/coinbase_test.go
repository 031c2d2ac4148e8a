package price_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/global/price"
)

// answering answers every request with status 200 and body.
func answering(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) }
}

func TestFetch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var asked []string
		client, server := serve(t, func(w http.ResponseWriter, r *http.Request) {
			asked = append(asked, r.Method+" "+r.URL.String()+" "+r.UserAgent())
			time.Sleep(3 * time.Second) //nolint:forbidigo // virtual time: the answer takes 3 s
			_, _ = w.Write(listing())
		})
		started := time.Now()
		got, err := client.Fetch(t.Context(), "ETH-USD")
		if err != nil || got.Pair != "ETH-USD" || got.Price != parse(t, "3270.54") {
			t.Fatalf("Fetch = %+v, %v", got, err)
		}
		if took := got.At.Sub(started); took != 3*time.Second || got.At.Location() != time.UTC {
			t.Errorf("the quote is of %s, %s after the request began", got.At, took)
		}
		if want := "GET /v2/exchange-rates?currency=ETH gossip-price"; len(asked) != 1 || asked[0] != want {
			t.Errorf("asked %q, want %q once", asked, want)
		}
		if _, err := client.Fetch(t.Context(), "ETH-USD"); err != nil || server.dials.Load() != 1 {
			t.Errorf("second Fetch: %v; %d connections, want the first one again", err, server.dials.Load())
		}
	})
}

func TestCloseEndsConnections(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, server := serve(t, answering(rateOf(`"1"`)))
		if _, err := client.Fetch(t.Context(), "ETH-USD"); err != nil || server.open.Load() != 1 {
			t.Errorf("Fetch: %v; %d connections kept, want one", err, server.open.Load())
		}
		client.Close()
		synctest.Wait()
		if n := server.open.Load(); n != 0 {
			t.Errorf("%d connections after Close", n)
		}
	})
}

func TestFetchConcurrently(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(answering(string(listing())))
	t.Cleanup(server.Close)
	client := price.NewCoinbase(server.URL, time.Now)
	t.Cleanup(client.Close)
	var fetches sync.WaitGroup
	for range 8 {
		fetches.Go(func() {
			if got, err := client.Fetch(t.Context(), "ETH-USD"); err != nil || got.Price.String() != "3270.54" {
				t.Errorf("Fetch = %+v, %v", got, err)
			}
		})
	}
	fetches.Wait()
}

func TestFetchAddress(t *testing.T) {
	t.Parallel()
	for suffix, path := range map[string]string{
		"":         "/v2/exchange-rates",
		"/":        "/v2/exchange-rates",
		"/mirror":  "/mirror/v2/exchange-rates",
		"/mirror/": "/mirror/v2/exchange-rates",
		"?x=y":     "/v2/exchange-rates",
	} {
		t.Run(suffix, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != path || r.URL.RawQuery != "currency=ETH" {
					t.Errorf("asked %s", r.URL)
				}
				fmt.Fprint(w, rateOf(`"1"`))
			}))
			t.Cleanup(server.Close)
			client := price.NewCoinbase(server.URL+suffix, time.Now)
			t.Cleanup(client.Close)
			if _, err := client.Fetch(t.Context(), "ETH-USD"); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestFetchRefusesAtOnce has what no second try could mend.
func TestFetchRefusesAtOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		base string
		pair price.Pair
		want error
	}{
		"a pair of another form":    {"http://127.0.0.1", "eth-usd", global.ErrMalformed},
		"half a pair":               {"http://127.0.0.1", "ETH", global.ErrMalformed},
		"a long pair":               {"http://127.0.0.1", price.Pair(strings.Repeat("A", 1<<16)), global.ErrMalformed},
		"no scheme":                 {"api.coinbase.com", "ETH-USD", price.ErrSource},
		"another scheme":            {"ftp://api.coinbase.com", "ETH-USD", price.ErrSource},
		"no host":                   {"https://", "ETH-USD", price.ErrSource},
		"an address out of control": {"http://a b\x7f", "ETH-USD", price.ErrSource},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := price.NewCoinbase(c.base, time.Now).Fetch(t.Context(), c.pair)
			if !errors.Is(err, c.want) || !strings.HasPrefix(err.Error(), "fetch price ") || len(err.Error()) > 300 {
				t.Errorf("Fetch = %v, want %v", err, c.want)
			}
		})
	}
}

func TestFetchErrorHidesPassword(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"ftp://user:secret@host", "http://user:secret@a b", "http://user:secret/@host"} {
		_, err := price.NewCoinbase(base, time.Now).Fetch(t.Context(), "ETH-USD")
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("Fetch from %q = %v", base, err)
		}
	}
}

// TestFetchThroughProxy lets a process of its own fetch from a host that does not exist, by a proxy that its
// environment names.
func TestFetchThroughProxy(t *testing.T) {
	t.Parallel()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Host != "prices.invalid" {
			t.Errorf("the proxy was asked for %s", r.URL)
		}
		fmt.Fprint(w, rateOf(`"42.5"`))
	}))
	t.Cleanup(proxy.Close)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	fetch := exec.CommandContext(ctx, os.Args[0])
	fetch.Env = []string{fetchURL + "=http://prices.invalid", "HTTP_PROXY=" + proxy.URL}
	if out, err := fetch.Output(); err != nil || string(out) != "42.5\n" {
		t.Errorf("fetched %q, %v", out, err)
	}
}
