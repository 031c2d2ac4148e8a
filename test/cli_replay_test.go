package test_test

import (
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

func cliReplay(t *testing.T, c cli) {
	price, stop := startReplay(t, c, "--file", recording(t), "--pair", "BTC-EUR", "--json")
	type answer struct {
		Data struct {
			Currency string
			Rates    map[string]string
		}
		Errors []struct{ ID, Message string }
	}
	got := decode[answer](t, get(t, price+"/v2/exchange-rates?currency=BTC", http.StatusOK))
	if got.Data.Currency != "BTC" || got.Data.Rates["EUR"] != "1234.5678" {
		t.Errorf("the replay answers %+v", got)
	}
	if got := decode[answer](t, get(t, price+"/v2/exchange-rates?currency=ETH", http.StatusBadRequest)); len(got.Errors) != 1 {
		t.Errorf("another currency: %+v", got)
	}
	stop()
	recorded, stop := startReplay(t, c)
	got = decode[answer](t, get(t, recorded+"/v2/exchange-rates?currency=ETH", http.StatusOK))
	if !strings.HasPrefix(got.Data.Rates["USD"], "3") {
		t.Errorf("the recorded price is %v", got.Data.Rates)
	}
	stop()
}

// startReplay starts the stand-in for Coinbase and returns its address, and what stops it.
func startReplay(t *testing.T, c cli, args ...string) (url string, stop func()) {
	t.Helper()
	p := c.start(t, append([]string{"replay-prices", "--addr", "127.0.0.1:0"}, args...)...)
	_, url, _ = strings.Cut(p.stderr.line(t, callTimeout, "not live ones, at "), "not live ones, at ")
	if slices.Contains(args, "--json") {
		if told := decode[map[string]string](t, p.stdout.line(t, callTimeout, "{")); told["url"] != url {
			t.Errorf("it serves at %s and tells %v", url, told)
		}
	}
	return url, func() { p.stop(t, os.Interrupt, 5*time.Second) }
}

// get asks a server and returns its answer, of the status that it must have.
func get(t *testing.T, url string, status int) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != status {
		t.Errorf("GET %s: %s, %v, want %d", url, resp.Status, err, status)
	}
	return string(body)
}
