package api_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/node/api"
)

// Whatever stands in a request, the answer is JSON or a problem, and the fault is never the node's.
func FuzzRequest(f *testing.F) {
	for _, seed := range []string{
		"/v1/prices?pair=ETH-USD&since=600&until=1970-01-01T00:20:00Z&limit=5&verify=1",
		"/v1/prices?cursor=600-0x" + strings.Repeat("ab", 32), "/v1/prices/latest?pair=ETH-USD", "/v1/prices/0x" + strings.Repeat("00", 32),
		"/v1/refusals?id=0x1a2b&round=600", "/v1/evidence?limit=%31", "/v1/prices?since=1e400&until=-0", "/v1/prices/%00?verify=%zz", "//", "/v1/../x",
	} {
		f.Add(seed)
	}
	s, err := api.Listen(f.Context(), options("127.0.0.1:0"))
	if err != nil {
		f.Fatal(err)
	}
	s.Attach(&everything{till: newTill(f)})
	f.Fuzz(func(t *testing.T, target string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://x"+target, http.NoBody)
		if err != nil || strings.HasPrefix(r.URL.Path, "/v1/stream") || r.URL.Path == "/metrics" || r.URL.Path == "/v1/network" {
			return // no request, or one that does not end, is no JSON, or takes no parameters
		}
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		switch {
		case w.Code == http.StatusNotModified || w.Code/100 == 3:
		case !json.Valid(w.Body.Bytes()):
			t.Errorf("%q: %d, no JSON: %s", target, w.Code, w.Body)
		case w.Code >= http.StatusInternalServerError:
			t.Errorf("%q: %d %s", target, w.Code, w.Body)
		}
	})
}

// A cursor that is read is written as it was.
func FuzzCursor(f *testing.F) {
	f.Add("600-0x" + strings.Repeat("ab", 32))
	f.Add("253402300799-0x" + strings.Repeat("00", 32))
	f.Add("06-")
	f.Fuzz(func(t *testing.T, text string) {
		var c api.Cursor
		if c.UnmarshalText([]byte(text)) != nil {
			return
		}
		if back, err := c.MarshalText(); err != nil || string(back) != text || c.Round.Location() != time.UTC {
			t.Errorf("%q is read as %v and written %q, %v", text, c, back, err)
		}
	})
}
