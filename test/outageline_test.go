package test_test

import (
	"context"
	"net"
	"net/url"
	"path/filepath"
	"sync"
	"testing"
)

// databaseLine is a TCP address by which a database that listens on a Unix socket is reached, unless it is cut or falls silent.
type databaseLine struct {
	listener net.Listener
	socket   string
	ctx      context.Context // that of the test
	copies   sync.WaitGroup

	mu     sync.Mutex
	down   bool
	silent chan struct{}     // closed when bytes pass; another one while it is silent
	open   map[net.Conn]bool // both ends of every connection
}

// newDatabaseLine opens a line to a database for the time of the test.
func newDatabaseLine(t *testing.T, database string) *databaseLine {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &databaseLine{
		ctx: t.Context(), listener: listener, socket: filepath.Join(u.Query().Get("host"), ".s.PGSQL."+u.Query().Get("port")),
		silent: make(chan struct{}), open: make(map[net.Conn]bool),
	}
	close(p.silent)
	p.copies.Go(p.accept)
	t.Cleanup(func() {
		p.heal()
		_ = listener.Close()
		p.cut()
		p.copies.Wait()
	})
	return p
}

func (p *databaseLine) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := new(net.Dialer).DialContext(p.ctx, "unix", p.socket)
		if err != nil {
			_ = client.Close()
			continue
		}
		p.mu.Lock()
		down := p.down
		if !down {
			p.open[client], p.open[server] = true, true
		}
		p.mu.Unlock()
		if down {
			_, _ = client.Close(), server.Close()
			continue
		}
		p.copies.Go(func() { p.copy(client, server) })
		p.copies.Go(func() { p.copy(server, client) })
	}
}

func (p *databaseLine) copy(to, from net.Conn) {
	defer func() {
		_, _ = to.Close(), from.Close()
		p.mu.Lock()
		delete(p.open, to)
		delete(p.open, from)
		p.mu.Unlock()
	}()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		p.mu.Lock()
		silent := p.silent
		p.mu.Unlock()
		<-silent
		if _, writeErr := to.Write(buffer[:n]); writeErr != nil || err != nil {
			return
		}
	}
}

// cut ends all connections, and those to come.
func (p *databaseLine) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = true
	for conn := range p.open {
		_ = conn.Close()
	}
}

// pause lets connections be made, and nothing pass.
func (p *databaseLine) pause() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.silent = make(chan struct{})
}

// heal ends what was wrong.
func (p *databaseLine) heal() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = false
	select {
	case <-p.silent:
	default:
		close(p.silent)
	}
}
