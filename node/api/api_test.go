package api_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/gossip-price/gossip-price/node/api"
)

// serve runs a server for the time of the test and returns its URL.
func serve(t *testing.T) (s *api.Server, url string) {
	t.Helper()
	s, err := api.Listen(t.Context(), "127.0.0.1:0", "v1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run = %v", err)
		}
	})
	return s, "http://" + s.Addr()
}

// answer is what the server said.
type answer struct {
	status int
	header http.Header
	body   string
}

// do sends a request and returns the answer.
func do(t *testing.T, method, url string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	resp, err := transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, strings.TrimSpace(string(b))}
}

func TestHealthz(t *testing.T) {
	t.Parallel()
	_, url := serve(t)
	got := do(t, http.MethodGet, url+"/healthz") // while the node is starting
	if got.status != http.StatusOK || got.body != `{"status":"ok","version":"v1.2.3"}` {
		t.Errorf("%d: %s", got.status, got.body)
	}
	if h := got.header; h.Get("Content-Type") != "application/json" || h.Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", h)
	}
}

// readiness is the body of /readyz.
type readiness struct {
	Ready    bool          `json:"ready"`
	Problems []api.Problem `json:"problems"`
}

func TestReadyz(t *testing.T) {
	t.Parallel()
	s, url := serve(t)
	var now []api.Problem
	expect := func(status int, want string) {
		t.Helper()
		got := do(t, http.MethodGet, url+"/readyz")
		if got.status != status || got.body != want {
			t.Errorf("%d: %s, want %d: %s", got.status, got.body, status, want)
		}
		var r readiness
		if err := json.Unmarshal([]byte(got.body), &r); err != nil || r.Ready != (len(r.Problems) == 0) {
			t.Errorf("%v in %s", err, got.body)
		}
	}
	expect(http.StatusServiceUnavailable, `{"problems":[{"name":"start","detail":"the node is starting"}],"ready":false}`)
	s.SetReady(func() []api.Problem { return now })
	expect(http.StatusOK, `{"problems":[],"ready":true}`)
	now = []api.Problem{{Name: "peers", Detail: `1 of "2"`}, {Name: "store", Detail: "away"}}
	expect(http.StatusServiceUnavailable,
		`{"problems":[{"name":"peers","detail":"1 of \"2\""},{"name":"store","detail":"away"}],"ready":false}`)
	now = nil
	expect(http.StatusOK, `{"problems":[],"ready":true}`)
}

func TestRefused(t *testing.T) {
	t.Parallel()
	_, url := serve(t)
	for request, status := range map[string]int{
		"GET /":         http.StatusNotFound,
		"GET /healthz/": http.StatusNotFound,
		"POST /healthz": http.StatusMethodNotAllowed,
		"PUT /readyz":   http.StatusMethodNotAllowed,
	} {
		method, path, _ := strings.Cut(request, " ")
		if got := do(t, method, url+path); got.status != status {
			t.Errorf("%s: %d %s, want %d", request, got.status, got.body, status)
		}
	}
	if got := do(t, http.MethodHead, url+"/healthz"); got.status != http.StatusOK || got.body != "" {
		t.Errorf("HEAD: %d %q", got.status, got.body)
	}
}

func TestListenFails(t *testing.T) {
	t.Parallel()
	s, _ := serve(t)
	for _, addr := range []string{s.Addr(), "nowhere", "127.0.0.1:99999"} {
		if other, err := api.Listen(t.Context(), addr, ""); err == nil {
			t.Errorf("%s: listens on %s", addr, other.Addr())
		} else if !strings.HasPrefix(err.Error(), "listen for HTTP: ") {
			t.Errorf("%s: %v", addr, err)
		}
	}
}
