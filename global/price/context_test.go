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

// TestFetchEndsWithContext has contexts that end before an answer comes.
func TestFetchEndsWithContext(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		timeout time.Duration
		tried   bool // a try failed by itself before
		want    string
	}{
		"within the first try":   {hang, 2 * time.Second, false, "fetch price ETH-USD: context deadline exceeded"},
		"within the second try":  {hang, 8 * time.Second, true, "context deadline exceeded, after: no price from the source"},
		"while it waits":         {status(500), 200 * time.Millisecond, true, "after: no price from the source: status 500"},
		"before the first try":   {hang, 0, false, "fetch price ETH-USD: context deadline exceeded"},
		"within an endless body": {hangHalfway, time.Second, false, "fetch price ETH-USD: context deadline exceeded"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, _ := serve(t, c.handler)
				started := time.Now()
				ctx, cancel := context.WithTimeout(t.Context(), c.timeout)
				defer cancel()
				_, err := client.Fetch(ctx, "ETH-USD")
				if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, price.ErrSource) != c.tried {
					t.Errorf("Fetch = %v", err)
				}
				if !strings.Contains(err.Error(), c.want) {
					t.Errorf("Fetch = %v; want %q in it", err, c.want)
				}
				if took := time.Since(started); took != c.timeout {
					t.Errorf("Fetch took %s, ctx %s", took, c.timeout)
				}
			})
		})
	}
}

func TestFetchTellsCause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, _ := serve(t, status(500))
		stopping := errors.New("stopping")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(stopping) })
		if _, err := client.Fetch(ctx, "ETH-USD"); !errors.Is(err, stopping) {
			t.Errorf("Fetch = %v, want the context's cause", err)
		}
	})
}

// TestSlowTryIsNotTheContext keeps a try's own timeout apart from the caller's: one is the source's fault, the other is
// not.
func TestSlowTryIsNotTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, _ := serve(t, hang)
		_, err := client.Fetch(t.Context(), "ETH-USD")
		if errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, price.ErrSource) {
			t.Errorf("Fetch = %v", err)
		}
	})
}
