package price_test

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/global/price"
)

// TestFetchRefuses has the answers that are no price (docs/protocol.md, section 3.2): what each error says, and whether
// it is worth another try.
func TestFetchRefuses(t *testing.T) {
	t.Parallel()
	const (
		once  = 1
		often = price.MaxTries
	)
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		tries   int64
		want    string
	}{
		"429":                 {status(429), often, "status 429 Too Many Requests"},
		"503":                 {status(503), often, "status 503 Service Unavailable"},
		"500":                 {status(500), often, "status 500 Internal Server Error"},
		"408":                 {status(408), often, "status 408 Request Timeout"},
		"400":                 {status(400), once, "status 400 Bad Request"},
		"404":                 {status(404), once, "status 404 Not Found"},
		"204":                 {status(204), once, "status 204 No Content"},
		"a redirect":          {redirect, once, "status 302 Found"},
		"a hang":              {hang, often, "no answer within 5s"},
		"a hang half-way":     {hangHalfway, often, "read answer: no answer within 5s"},
		"a cut connection":    {cut, often, "EOF"},
		"fewer than promised": {short, often, "read answer: unexpected EOF"},
		"a large body":        {answering(strings.Repeat(" ", price.MaxBody+1)), often, "too large"},
		"a large header":      {largeHeader, often, "header"},
		"truncated JSON":      {answering(`{"data":{"currency":"ETH","rates":{"USD":"3270.54"`), often, "unexpected end of JSON"},
		"trailing garbage":    {answering(rateOf(`"1"`) + "x"), often, "after top-level value"},
		"HTML":                {answering("<!DOCTYPE html>"), often, "invalid character '<'"},
		"nothing":             {answering(""), often, "unexpected end of JSON"},
		"wrong currency":      {answering(strings.Replace(rateOf(`"1"`), "ETH", "USD", 1)), often, `currency "USD", asked for "ETH"`},
		"no USD":              {answering(`{"data":{"currency":"ETH","rates":{"EUR":"1"}}}`), once, "no rate in USD"},
		"a number":            {answering(rateOf(`3270.54`)), often, "decode rate in USD"},
		"NaN":                 {answering(rateOf(`"NaN"`)), often, `parse price "NaN"`},
		"-1":                  {answering(rateOf(`"-1"`)), often, `parse price "-1"`},
		"0":                   {answering(rateOf(`"0"`)), often, `parse price "0"`},
		"1e400":               {answering(rateOf(`"1e400"`)), often, `parse price "1e400"`},
		"40 decimals":         {answering(rateOf(`"1.` + strings.Repeat("3", 40) + `"`)), often, `parse price "1.333`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { checkRefusal(t, c.handler, c.tries, c.want) })
		})
	}
}

// checkRefusal fetches from handler: that takes so many tries, and an error with want in it.
func checkRefusal(t *testing.T, handler http.HandlerFunc, tries int64, want string) {
	t.Helper()
	client, server := serve(t, handler)
	got, err := client.Fetch(t.Context(), "ETH-USD")
	if !errors.Is(err, price.ErrSource) || got != (price.Quote{}) {
		t.Fatalf("Fetch = %+v, %v; want ErrSource", got, err)
	}
	if text := err.Error(); !strings.HasPrefix(text, "fetch price ETH-USD: ") || !strings.Contains(text, want) {
		t.Errorf("Fetch = %v; want %q in it", err, want)
	}
	if invalid := errors.Is(err, global.ErrMalformed); invalid != strings.Contains(want, "parse price") {
		t.Errorf("Fetch = %v; is ErrMalformed: %t", err, invalid)
	}
	if n := server.requests.Load(); n != tries {
		t.Errorf("%d tries, want %d", n, tries)
	}
}

// TestFetchStopsReading has a server that would send 50 MB, at each try: it gets rid of little more than the bound.
func TestFetchStopsReading(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const buffers = 64 << 10
		most := 0
		chunk := []byte(strings.Repeat("x", 16<<10))
		client, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			sent := 0
			for sent < 50<<20 {
				n, err := w.Write(chunk)
				if sent += n; err != nil {
					break
				}
			}
			most = max(most, sent)
		})
		if _, err := client.Fetch(t.Context(), "ETH-USD"); !errors.Is(err, price.ErrSource) {
			t.Errorf("Fetch = %v", err)
		}
		client.Close()
		synctest.Wait()
		if most < price.MaxBody || most > price.MaxBody+buffers {
			t.Errorf("the server sent %d bytes, the bound is %d", most, price.MaxBody)
		}
	})
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// redirect leads to a good answer, which nobody may fetch.
func redirect(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/elsewhere" {
		answering(rateOf(`"1"`))(w, r)
		return
	}
	http.Redirect(w, r, "/elsewhere", http.StatusFound)
}

func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func hangHalfway(w http.ResponseWriter, r *http.Request) {
	answering(`{"data":`)(w, r)
	_ = http.NewResponseController(w).Flush()
	hang(w, r)
}

func cut(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func short(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Length", strconv.Itoa(1000))
	answering(rateOf(`"1"`))(w, r)
}

func largeHeader(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Large", strings.Repeat("x", 128<<10))
	answering(rateOf(`"1"`))(w, r)
}
