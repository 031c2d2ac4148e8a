package api_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gossip-price/gossip-price/node/api"
)

// pipes is a listener in memory: a connection is a net.Pipe, whose deadlines follow virtual time.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	close  sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.close.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

func (p *pipes) dial() net.Conn {
	client, server := net.Pipe()
	p.conns <- server
	return client
}

// virtual runs f beside a server in virtual time, and returns how long the server took to stop.
func virtual(t *testing.T, ready func() []api.Problem, f func(t *testing.T, p *pipes)) (stopped time.Duration) {
	t.Helper()
	return virtualNode(t, ill(ready), f)
}

func virtualNode(t *testing.T, node api.Node, f func(t *testing.T, p *pipes)) (stopped time.Duration) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s, err := api.Listen(t.Context(), options("127.0.0.1:0"))
		if err != nil {
			t.Fatal(err)
		}
		p := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
		if err := s.Over(p); err != nil {
			t.Fatal(err)
		}
		s.Attach(node)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- s.Run(ctx) }()
		f(t, p)
		began := time.Now()
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run = %v", err)
		}
		stopped = time.Since(began)
		<-time.After(2 * time.Hour) // virtual; whatever was under way ends
	})
	return stopped
}

func isReady() []api.Problem { return nil }

// cutOff writes to a connection, and returns after which time the server closes it.
func cutOff(t *testing.T, p *pipes, text string) time.Duration {
	t.Helper()
	conn := p.dial()
	defer func() { _ = conn.Close() }()
	began := time.Now()
	go func() { _, _ = io.WriteString(conn, text) }()
	_, _ = io.Copy(io.Discard, conn) // until the server closes it
	return time.Since(began)
}

// A client that does not finish its request, or keeps an idle connection, is cut off.
func TestSlowClient(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text string
		want time.Duration
	}{
		"says nothing":   {"", api.ReadTimeout},
		"half a line":    {"GET /heal", api.ReadTimeout},
		"half a header":  {"GET /healthz HTTP/1.1\r\nHost: x\r\n", api.ReadTimeout},
		"idle after it":  {"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", api.IdleTimeout},
		"asks for close": {"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtual(t, isReady, func(t *testing.T, p *pipes) {
				if took := cutOff(t, p, test.text); took < test.want || took > test.want+time.Second {
					t.Errorf("cut off after %s, want %s", took, test.want)
				}
			})
		})
	}
}

// A client that does not read its answer does not hold the server for longer than the write may take.
func TestDeafClient(t *testing.T) {
	t.Parallel()
	long := func() []api.Problem { return []api.Problem{{Name: "long", Detail: strings.Repeat("x", 1<<20)}} }
	virtual(t, long, func(t *testing.T, p *pipes) {
		conn := p.dial()
		defer func() { _ = conn.Close() }()
		_, err := io.WriteString(conn, "GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n")
		if err != nil {
			t.Fatal(err)
		}
		<-time.After(api.WriteTimeout + time.Second)
		if n, _ := io.Copy(io.Discard, conn); n >= 1<<20 {
			t.Errorf("%d bytes were left to be read after the time for them", n)
		}
	})
}

func TestLongHeader(t *testing.T) {
	t.Parallel()
	virtual(t, isReady, func(t *testing.T, p *pipes) {
		conn := p.dial()
		defer func() { _ = conn.Close() }()
		go func() {
			_, _ = io.WriteString(conn, "GET /healthz HTTP/1.1\r\nHost: x\r\nX: "+strings.Repeat("x", 2*api.MaxHeader)+"\r\n\r\n")
		}()
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("%s", resp.Status)
		}
	})
}

// At its end the server waits for answers under way, but not for ever.
func TestShutdown(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer time.Duration // how long the answer takes
		want   time.Duration
		whole  bool
	}{
		"nothing under way": {0, 0, true},
		"soon done":         {api.ShutdownTimeout / 2, api.ShutdownTimeout / 2, true},
		"never done":        {time.Hour, api.ShutdownTimeout, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			slow := func() []api.Problem {
				<-time.After(test.answer)
				return nil
			}
			var answered, cut atomic.Int64 // bytes, and after which time there were no more
			took := virtual(t, slow, func(_ *testing.T, p *pipes) {
				conn := p.dial()
				go func() {
					_, _ = io.WriteString(conn, "GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n")
					began := time.Now()
					b, _ := io.ReadAll(conn)
					cut.Store(int64(time.Since(began)))
					answered.Store(int64(len(b)))
				}()
				synctest.Wait()
			})
			if took < test.want || took > test.want+time.Second {
				t.Errorf("stopped after %s, want %s", took, test.want)
			}
			if d := time.Duration(cut.Load()); d > test.want+time.Second {
				t.Errorf("the client was cut off after %s", d)
			}
			if n := answered.Load(); (n > 0) != test.whole {
				t.Errorf("%d bytes of the answer came", n)
			}
		})
	}
}
