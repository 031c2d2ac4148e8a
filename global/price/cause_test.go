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

func TestCauseOf(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		want    price.Cause
	}{
		"500":              {status(500), price.CauseStatus},
		"429":              {status(429), price.CauseStatus},
		"a redirect":       {redirect, price.CauseStatus},
		"a hang":           {hang, price.CauseTimeout},
		"a hang half-way":  {hangHalfway, price.CauseTimeout},
		"a cut connection": {cut, price.CauseUnreachable},
		"too short":        {short, price.CauseUnreachable},
		"HTML":             {answering("<!DOCTYPE html>"), price.CauseMalformed},
		"a large body":     {answering(strings.Repeat(" ", price.MaxBody+1)), price.CauseMalformed},
		"no price":         {answering(rateOf(`"0"`)), price.CauseMalformed},
	} {
		for within, limit := range map[string]time.Duration{"all tries": time.Hour, "one try and a half": 5500 * time.Millisecond} {
			t.Run(name+", "+within, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					client, _ := serve(t, c.handler)
					ctx, cancel := context.WithTimeout(t.Context(), limit)
					defer cancel()
					_, err := client.Fetch(ctx, "ETH-USD")
					if got := price.CauseOf(err); got != c.want {
						t.Errorf("%v: cause %s, want %s", err, got, c.want)
					}
				})
			})
		}
	}
}

// A fetch that its round ended before it got anywhere, and a source of another kind.
func TestCauseOfOthers(t *testing.T) {
	t.Parallel()
	for want, err := range map[price.Cause]error{
		price.CauseTimeout: context.DeadlineExceeded,
		price.CauseOther:   errors.New("no recorded price"),
	} {
		if got := price.CauseOf(err); got != want {
			t.Errorf("%v: cause %s, want %s", err, got, want)
		}
	}
}
