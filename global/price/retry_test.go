package price_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gossip-price/gossip-price/global/price"
)

// failing refuses the first n requests with code and a Retry-After header, where one is given, and answers the later
// ones.
func failing(n, code int, header string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if n--; n < 0 {
			_, _ = w.Write(listing())
			return
		}
		if header != "" {
			w.Header().Set("Retry-After", header)
		}
		w.WriteHeader(code)
	}
}

// TestRetryDelays has failures that pass: how long a fetch then takes.
func TestRetryDelays(t *testing.T) {
	t.Parallel()
	// The mean delays are 0.5 s, 1 s, 2 s ..., each up to a half longer or shorter.
	const once, thrice = 500 * time.Millisecond, 3500 * time.Millisecond
	for name, c := range map[string]struct {
		failures, code int
		header         string
		least, most    time.Duration
	}{
		"one failure":                {1, 500, "", once / 2, once * 3 / 2},
		"three failures":             {3, 500, "", thrice / 2, thrice * 3 / 2},
		"429 asks for a wait":        {1, 429, "7", 7 * time.Second, 7 * time.Second},
		"503 asks for a wait, twice": {2, 503, "30", time.Minute, time.Minute},
		"the longest wait":           {1, 429, "60", time.Minute, time.Minute},
		"500 may not ask":            {1, 500, "7", once / 2, once * 3 / 2},
		"zero keeps the backoff":     {3, 429, "0", thrice / 2, thrice * 3 / 2},
		"a negative is none":         {1, 429, "-5", once / 2, once * 3 / 2},
		"a fraction is none":         {1, 429, "7.5", once / 2, once * 3 / 2},
		"a date is none":             {1, 429, "Sat, 01 Jan 2000 00:00:30 GMT", once / 2, once * 3 / 2},
		"an ordinary 429":            {1, 429, "", once / 2, once * 3 / 2},
		"one failure short of ever":  {price.MaxTries - 1, 500, "", time.Minute, 183 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, server := serve(t, failing(c.failures, c.code, c.header))
				started := time.Now()
				got, err := client.Fetch(t.Context(), "ETH-USD")
				if err != nil || got.Price != parse(t, "3270.54") {
					t.Fatalf("Fetch = %+v, %v", got, err)
				}
				if took := time.Since(started); took < c.least || took > c.most {
					t.Errorf("Fetch took %s, want %s to %s", took, c.least, c.most)
				}
				if n := server.requests.Load(); n != int64(c.failures)+1 {
					t.Errorf("%d tries after %d failures", n, c.failures)
				}
			})
		})
	}
}

// TestRetryGrows measures every wait of a fetch that never succeeds: the mean doubles up to its bound, and half of it
// is chance.
func TestRetryGrows(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var at []time.Time
		client, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			at = append(at, time.Now())
			w.WriteHeader(http.StatusInternalServerError)
		})
		told := 0
		client.Failed = func(pair price.Pair, err error) {
			if told++; pair != "ETH-USD" || !errors.Is(err, price.ErrStatus) {
				t.Errorf("told of %s: %v", pair, err)
			}
		}
		if _, err := client.Fetch(t.Context(), "ETH-USD"); !errors.Is(err, price.ErrSource) {
			t.Fatalf("Fetch = %v", err)
		}
		if told != price.MaxTries-1 { // the last one is the fetch's own error
			t.Errorf("told %d times", told)
		}
		if len(at) != price.MaxTries {
			t.Fatalf("%d tries, want %d", len(at), price.MaxTries)
		}
		mean := 500 * time.Millisecond
		for i := 1; i < len(at); i++ {
			if wait := at[i].Sub(at[i-1]); wait < mean/2 || wait > mean*3/2 {
				t.Errorf("wait %d is %s, want %s give or take a half", i, wait, mean)
			}
			mean = min(2*mean, 30*time.Second)
		}
	})
}

// TestRetryAfterTooLong has waits that there is no time for: one try, no wait.
func TestRetryAfterTooLong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		header   string
		deadline time.Duration
		want     string
	}{
		"longer than the bound":       {"61", time.Hour, "retry after 1m1s: too long to wait, at most 1m0s"},
		"longer than ctx":             {"7", 5 * time.Second, "retry after 7s: too long to wait, at most 5s"},
		"more than an integer":        {strings.Repeat("9", 40), time.Hour, "too long to wait, at most 1m0s"},
		"more than a duration's most": {"9999999999", time.Hour, "too long to wait, at most 1m0s"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, server := serve(t, failing(1, 429, c.header))
				started := time.Now()
				ctx, cancel := context.WithTimeout(t.Context(), c.deadline)
				defer cancel()
				_, err := client.Fetch(ctx, "ETH-USD")
				if !errors.Is(err, price.ErrSource) || !strings.Contains(err.Error(), c.want) {
					t.Errorf("Fetch = %v; want %q in it", err, c.want)
				}
				if took := time.Since(started); took != 0 || server.requests.Load() != 1 {
					t.Errorf("%d tries in %s, want one at once", server.requests.Load(), took)
				}
			})
		})
	}
}
