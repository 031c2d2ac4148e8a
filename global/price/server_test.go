package price_test

import (
	"context"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/global/price"
)

// server is an HTTP server on pipes, so that a synctest bubble's clock runs while client and server wait for each
// other.
type server struct {
	conns    chan net.Conn
	closed   chan struct{}
	requests atomic.Int64
	dials    atomic.Int64
	open     atomic.Int64 // connections that the client has not closed
}

// counted is the client's end of a connection.
type counted struct {
	net.Conn
	closed func()
}

func (c *counted) Close() error {
	c.closed()
	return c.Conn.Close()
}

// serve starts handler and returns a client of it. Both end with the test, in whose bubble it is called.
func serve(t *testing.T, handler http.HandlerFunc) (*price.Coinbase, *server) {
	t.Helper()
	s := &server{conns: make(chan net.Conn), closed: make(chan struct{})}
	served := make(chan struct{})
	httpServer := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.requests.Add(1)
		handler(w, r)
	})}
	go func() {
		defer close(served)
		if err := httpServer.Serve(s); err != http.ErrServerClosed {
			t.Errorf("Serve = %v", err)
		}
	}()
	client := price.NewCoinbase("http://127.0.0.1", time.Now)
	client.DialWith(s.dial)
	t.Cleanup(func() {
		client.Close()
		if err := httpServer.Close(); err != nil {
			t.Errorf("Close = %v", err)
		}
		<-served
	})
	return client, s
}

func (s *server) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	s.dials.Add(1)
	near, far := net.Pipe()
	select {
	case s.conns <- far:
		s.open.Add(1)
		return &counted{near, sync.OnceFunc(func() { s.open.Add(-1) })}, nil
	case <-s.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *server) Accept() (net.Conn, error) {
	select {
	case c := <-s.conns:
		return c, nil
	case <-s.closed:
		return nil, net.ErrClosed
	}
}

func (s *server) Close() error {
	close(s.closed)
	return nil
}

func (s *server) Addr() net.Addr { return &net.TCPAddr{} }
