package api_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/gossip-price/gossip-price/node/api"
)

// poster is a node whose page is the path that was asked for.
type poster struct{}

func (poster) Ready() []api.Problem { return nil }

func (poster) Page() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.URL.Path) })
}

func TestPage(t *testing.T) {
	t.Parallel()
	s, url := serve(t)
	if got := do(t, http.MethodGet, url+"/"); got.status != http.StatusNotFound || !strings.Contains(got.body, "it is starting") {
		t.Errorf("while the node starts: %d %s", got.status, got.body)
	}
	s.Attach(poster{})
	for path, status := range map[string]int{
		"/": http.StatusOK, "/assets/a.css": http.StatusOK, "/assets/": http.StatusNotFound, "/assets/a/b": http.StatusNotFound,
		"/index.html": http.StatusNotFound,
	} {
		got := do(t, http.MethodGet, url+path)
		if got.status != status || (status == http.StatusOK && got.body != path) {
			t.Errorf("%s: %d %s, want %d", path, got.status, got.body, status)
		}
	}
	if got := do(t, http.MethodPost, url+"/"); got.status != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", got.status)
	}
}
