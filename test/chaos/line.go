package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// lineMode is how the way to the database behaves.
type lineMode string

const (
	linePasses lineMode = "passes"
	lineSlow   lineMode = "slow"   // what the database sends comes slowDatabase later
	lineSilent lineMode = "silent" // connections are taken, nothing passes
	lineCut    lineMode = "cut"    // connections end at once
)

const (
	slowDatabase = time.Second
	dialTimeout  = 5 * time.Second
)

// line is a TCP address by which a node reaches the database, as well as its mode lets it.
type line struct {
	listener net.Listener
	target   func() string // HOST:PORT of the database; it may move

	mu      sync.Mutex
	mode    lineMode
	changed chan struct{} // closed when the mode changes; then another one
	open    map[net.Conn]bool
	copies  sync.WaitGroup
}

func newLine(ctx context.Context, address string, target func() string) (*line, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("open line to the database: %w", err)
	}
	return &line{
		listener: listener, target: target, mode: linePasses, changed: make(chan struct{}), open: make(map[net.Conn]bool),
	}, nil
}

// run passes on connections until the context ends.
func (l *line) run(ctx context.Context) error {
	defer context.AfterFunc(ctx, func() {
		_ = l.listener.Close()
		l.set(lineCut)
	})()
	defer l.copies.Wait()
	for {
		client, err := l.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("line to the database: %w", err)
		}
		l.copies.Go(func() { l.serve(ctx, client) })
	}
}

func (l *line) serve(ctx context.Context, client net.Conn) {
	defer client.Close()
	dialling, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	server, err := new(net.Dialer).DialContext(dialling, "tcp", l.target())
	if err != nil {
		return
	}
	defer server.Close()
	if !l.keep(client, server) {
		return
	}
	defer l.forget(client, server)
	var both sync.WaitGroup
	both.Go(func() { l.copy(server, client, false) })
	both.Go(func() { l.copy(client, server, true) })
	both.Wait()
}

func (l *line) keep(connections ...net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range connections {
		l.open[c] = true
	}
	return l.mode != lineCut
}

func (l *line) forget(connections ...net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range connections {
		delete(l.open, c)
	}
}

// copy passes bytes on until one of the ends closes, and closes the other.
func (l *line) copy(to, from net.Conn, answers bool) {
	defer to.Close()
	defer from.Close()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		l.wait(answers)
		if _, failed := to.Write(buffer[:n]); failed != nil || err != nil {
			return
		}
	}
}

// wait holds bytes back for as long as the mode says.
func (l *line) wait(answers bool) {
	for {
		l.mu.Lock()
		mode, changed := l.mode, l.changed
		l.mu.Unlock()
		switch {
		case mode == lineSilent:
			<-changed
		case mode == lineSlow && answers:
			late := time.NewTimer(slowDatabase)
			select {
			case <-late.C:
			case <-changed:
			}
			late.Stop()
			return
		default:
			return
		}
	}
}

// set changes the mode; cutting ends the connections that there are.
func (l *line) set(mode lineMode) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.mode = mode
	close(l.changed)
	l.changed = make(chan struct{})
	if mode == lineCut {
		for c := range l.open {
			_ = c.Close()
		}
	}
}
