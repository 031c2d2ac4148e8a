package price_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/global/price"
)

// minutes returns a recording of n rows, whose prices are 1, 2, 3 ...
func minutes(n int) string {
	var b strings.Builder
	b.WriteString("time,close\n")
	for i := range n {
		at := time.Date(2025, 11, 4, 23, 0, 0, 0, time.UTC).Add(time.Duration(i) * time.Minute)
		fmt.Fprintf(&b, "%s,%d\n", at.Format(time.RFC3339), i+1)
	}
	return b.String()
}

// ask returns what a replay answers to one request.
func ask(h http.Handler, method, target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, target, nil))
	return w
}

func TestReplayAnswers(t *testing.T) {
	t.Parallel()
	at := time.Unix(0, 0)
	replay, err := price.NewReplay(price.Recorded(), "ETH-USD", time.Minute, func() time.Time { return at })
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		method, target string
		code           int
		want           string
	}{
		"the pair's base":  {"GET", "/v2/exchange-rates?currency=ETH", 200, `{"data":{"currency":"ETH","rates":{"USD":"3270.54"}}}`},
		"another currency": {"GET", "/v2/exchange-rates?currency=BTC", 400, `{"errors":[{"id":"invalid_request","message":"Currency is invalid"}]}`},
		"in small letters": {"GET", "/v2/exchange-rates?currency=eth", 400, `{"errors":[{"id":"invalid_request","message":"Currency is invalid"}]}`},
		"no currency":      {"GET", "/v2/exchange-rates", 400, `{"errors":[{"id":"invalid_request","message":"Currency is invalid"}]}`},
		"another path":     {"GET", "/v2/prices?currency=ETH", 404, `{"errors":[{"id":"not_found","message":"Not found"}]}`},
		"another method":   {"POST", "/v2/exchange-rates?currency=ETH", 404, `{"errors":[{"id":"not_found","message":"Not found"}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := ask(replay, c.method, c.target)
			if got := strings.TrimSpace(w.Body.String()); w.Code != c.code || got != c.want {
				t.Errorf("%s %s = %d %s; want %d %s", c.method, c.target, w.Code, got, c.code, c.want)
			}
			if kind := w.Header().Get("Content-Type"); kind != "application/json; charset=utf-8" {
				t.Errorf("Content-Type = %q", kind)
			}
		})
	}
}

// TestReplayRow has every moment of a step answered by the step's row.
func TestReplayRow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.IntRange(1, 20).Draw(t, "rows")
		step := rapid.Int64Range(1, 100_000).Draw(t, "step")
		turn := rapid.Int64Range(0, 1<<40).Draw(t, "turn")
		into := rapid.Int64Range(0, step-1).Draw(t, "into the step")
		now := time.UnixMilli(turn*step + into).Add(999 * time.Microsecond)
		replay, err := price.NewReplay(strings.NewReader(minutes(rows)), "ETH-USD",
			time.Duration(step)*time.Millisecond, func() time.Time { return now })
		if err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf(`{"USD":"%d"}`, turn%int64(rows)+1)
		if got := ask(replay, "GET", "/v2/exchange-rates?currency=ETH").Body.String(); !strings.Contains(got, want) {
			t.Fatalf("at %s: %s, want %s", now, got, want)
		}
	})
}

func TestReplayBefore1970(t *testing.T) {
	t.Parallel()
	for second := -20; second < 0; second++ {
		replay, err := price.NewReplay(strings.NewReader(minutes(3)), "ETH-USD", time.Second,
			func() time.Time { return time.Unix(int64(second), 0) })
		if err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf(`{"USD":"%d"}`, (second+21)%3+1)
		if got := ask(replay, "GET", "/v2/exchange-rates?currency=ETH").Body.String(); !strings.Contains(got, want) {
			t.Errorf("at second %d: %s, want %s", second, got, want)
		}
	}
}

// TestFetchFromReplay takes every row over a real socket, twice round.
func TestFetchFromReplay(t *testing.T) {
	t.Parallel()
	var now time.Time // the test and one request at a time take turns with it
	replay, err := price.NewReplay(strings.NewReader(minutes(5)), "ETH-USD", 10*time.Second,
		func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(replay)
	t.Cleanup(server.Close)
	client := price.NewCoinbase(server.URL, time.Now)
	t.Cleanup(client.Close)
	for i := range 10 {
		now = time.Unix(int64(i)*10, 0)
		got, err := client.Fetch(t.Context(), "ETH-USD")
		if want := fmt.Sprint(i%5 + 1); err != nil || got.Price.String() != want {
			t.Errorf("Fetch %d = %s, %v; want %s", i, got.Price, err, want)
		}
	}
	for _, pair := range []price.Pair{"BTC-USD", "ETH-EUR"} {
		if _, err := client.Fetch(t.Context(), pair); !errors.Is(err, price.ErrSource) {
			t.Errorf("Fetch %s = %v, want ErrSource", pair, err)
		}
	}
}

func TestNewReplayRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		pair price.Pair
		step time.Duration
	}{
		"a pair of another form": {"eth", time.Second},
		"no step":                {"ETH-USD", 0},
		"a negative step":        {"ETH-USD", -time.Second},
		"half a millisecond":     {"ETH-USD", 500 * time.Microsecond},
		"a broken millisecond":   {"ETH-USD", 1500 * time.Microsecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := price.NewReplay(price.Recorded(), c.pair, c.step, time.Now)
			if err == nil || !strings.HasPrefix(err.Error(), "replay prices: ") {
				t.Errorf("NewReplay = %v", err)
			}
			if errors.Is(err, global.ErrMalformed) != (c.pair == "eth") {
				t.Errorf("NewReplay = %v; is ErrMalformed: %t", err, errors.Is(err, global.ErrMalformed))
			}
		})
	}
}
