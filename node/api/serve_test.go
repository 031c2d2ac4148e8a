package api_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

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

// A server whose listener ends leaves no connection behind.
func TestServeLeavesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
		ended := make(chan error, 1)
		go func() { ended <- api.Serve(t.Context(), p, http.NotFoundHandler()) }()
		conn := p.dial()
		go func() { _, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n") }()
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		_ = p.Close()
		if err := <-ended; err == nil {
			t.Error("a listener that ended is no error")
		}
		began := time.Now()
		_, _ = io.Copy(io.Discard, conn) // until the server closes it
		if took := time.Since(began); took > 0 {
			t.Errorf("the connection was open for %s more", took)
		}
	})
}
