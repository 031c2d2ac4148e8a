package api_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/gossip-price/gossip-price/node/api"
)

func listen(t *testing.T) net.Listener {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return listener
}

func TestServe(t *testing.T) {
	t.Parallel()
	listener := listen(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- api.Serve(ctx, listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, r.URL.Path)
		}))
	}()
	if got := do(t, http.MethodGet, "http://"+listener.Addr().String()+"/any"); got.status != http.StatusOK || got.body != "/any" {
		t.Errorf("%d: %s", got.status, got.body)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Serve = %v", err)
	}
	if conn, err := net.Dial("tcp", listener.Addr().String()); err == nil { //nolint:noctx // it must fail
		_ = conn.Close()
		t.Error("it listens still")
	}
}

// Serve ends with an error when the listener does, and without one when it was stopped before it began.
func TestServeEnds(t *testing.T) {
	t.Parallel()
	closed := listen(t)
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	if err := api.Serve(t.Context(), closed, http.NotFoundHandler()); err == nil {
		t.Error("a closed listener is served")
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	listener := listen(t)
	if err := api.Serve(stopped, listener, http.NotFoundHandler()); err != nil {
		t.Errorf("stopped before it began: %v", err)
	}
	if _, err := listener.Accept(); err == nil {
		t.Error("the listener is open")
	}
}
