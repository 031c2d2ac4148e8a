package api_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/gossip-price/gossip-price/node/api"
)

// well is the part of a node that is ready.
type well struct{}

func (well) Ready() []api.Problem { return nil }

// ill is a node that is not ready for what it is asked to find.
type ill func() []api.Problem

func (f ill) Ready() []api.Problem { return f() }

func options(addr string) api.Options {
	return api.Options{Addr: addr, Version: "v1.2.3", Log: slog.New(slog.DiscardHandler)}
}

// serve runs a server for the time of the test and returns its URL.
func serve(t *testing.T) (s *api.Server, url string) {
	t.Helper()
	return serveWith(t, options("127.0.0.1:0"))
}

func serveWith(t *testing.T, o api.Options) (s *api.Server, url string) {
	t.Helper()
	s, err := api.Listen(t.Context(), o)
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

// do sends a request with headers, names and values by turns, and returns the answer.
func do(t *testing.T, method, url string, headers ...string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	for pair := range slices.Chunk(headers, 2) {
		if pair[1] != "" {
			req.Header.Set(pair[0], pair[1])
		}
	}
	transport := &http.Transport{DisableCompression: true}
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
	s.Attach(ill(func() []api.Problem { return now }))
	expect(http.StatusOK, `{"problems":[],"ready":true}`)
	now = []api.Problem{{Name: "peers", Detail: `1 of "2"`}, {Name: "store", Detail: "away"}}
	expect(http.StatusServiceUnavailable,
		`{"problems":[{"name":"peers","detail":"1 of \"2\""},{"name":"store","detail":"away"}],"ready":false}`)
	now = nil
	expect(http.StatusOK, `{"problems":[],"ready":true}`)
}

// What is not served gets a problem too, and no other text.
func TestRefused(t *testing.T) {
	t.Parallel()
	s, url := serve(t)
	s.Attach(&shelf{})
	for request, status := range map[string]int{
		"GET /nothing":                             http.StatusNotFound,
		"POST /nothing":                            http.StatusNotFound,
		"GET /healthz/":                            http.StatusNotFound,
		"POST /healthz":                            http.StatusMethodNotAllowed,
		"PUT /readyz":                              http.StatusMethodNotAllowed,
		"OPTIONS /healthz":                         http.StatusMethodNotAllowed,
		"GET /healthz?x=1":                         http.StatusBadRequest,
		"GET /v1/evidence?limit=1&limit=2":         http.StatusBadRequest,
		"GET /v1/evidence?limit=%zz":               http.StatusBadRequest,
		"GET /v1/evidence?limit=1;pair=2":          http.StatusBadRequest,
		"GET /v1/evidence?LIMIT=1":                 http.StatusBadRequest,
		"GET /v1/evidence?x=" + long(api.MaxQuery): http.StatusRequestURITooLong,
	} {
		method, path, _ := strings.Cut(request, " ")
		got := do(t, method, url+path)
		var problem struct {
			Title, Detail string
			Status        int
		}
		if err := json.Unmarshal([]byte(got.body), &problem); err != nil || got.status != status || problem.Status != status ||
			problem.Title != http.StatusText(status) || problem.Detail == "" {
			t.Errorf("%.60s: %v in %d %s, want %d", request, err, got.status, got.body, status)
		}
		if h := got.header; h.Get("Content-Type") != "application/problem+json" || h.Get("Cache-Control") != "no-store" {
			t.Errorf("%.60s: headers %v", request, h)
		}
		if allow := got.header.Get("Allow"); (allow == "GET, HEAD") != (status == http.StatusMethodNotAllowed) {
			t.Errorf("%.60s: allows %q", request, allow)
		}
	}
	if got := do(t, http.MethodHead, url+"/healthz"); got.status != http.StatusOK || got.body != "" {
		t.Errorf("HEAD: %d %q", got.status, got.body)
	}
}

func long(n int) string { return strings.Repeat("x", n) }

// A route that panics is answered with a problem, without the cause, which is in the log with the place.
func TestPanic(t *testing.T) {
	t.Parallel()
	var logged strings.Builder
	o := options("127.0.0.1:0")
	o.Log = slog.New(slog.NewTextHandler(&logged, nil))
	s, url := serveWith(t, o)
	s.Attach(ill(func() []api.Problem { panic("secret") }))
	got := do(t, http.MethodGet, url+"/readyz")
	if got.status != http.StatusInternalServerError || strings.Contains(got.body, "secret") || !strings.Contains(got.body, `"detail"`) {
		t.Errorf("%d: %s", got.status, got.body)
	}
	if log := logged.String(); !strings.Contains(log, "panic=secret") || !strings.Contains(log, "api_test.go:") || strings.Contains(got.body, "api_test.go") {
		t.Errorf("log: %s, answer: %s", log, got.body)
	}
}

func TestListenFails(t *testing.T) {
	t.Parallel()
	s, _ := serve(t)
	for _, addr := range []string{s.Addr(), "nowhere", "127.0.0.1:99999"} {
		if other, err := api.Listen(t.Context(), options(addr)); err == nil {
			t.Errorf("%s: listens on %s", addr, other.Addr())
		} else if !strings.HasPrefix(err.Error(), "listen for HTTP: ") {
			t.Errorf("%s: %v", addr, err)
		}
	}
}
