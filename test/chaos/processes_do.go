package main

import (
	"bufio"
	"context"
	"errors"
	"os"
	"strings"
	"syscall"
	"time"
)

func (e *processes) kill(ctx context.Context, service string) error {
	_, err := e.services[service].end(ctx, syscall.SIGKILL)
	return err
}

func (e *processes) stop(ctx context.Context, service string) (int, error) {
	signal := syscall.SIGTERM
	if service == databaseService {
		signal = syscall.SIGINT // it would wait for clients
	}
	return e.services[service].end(ctx, signal)
}

func (e *processes) pause(_ context.Context, service string) error {
	return syscall.Kill(e.pid(service), syscall.SIGSTOP)
}

func (e *processes) resume(_ context.Context, service string) error {
	return syscall.Kill(e.pid(service), syscall.SIGCONT)
}

func (e *processes) restarts(_ context.Context, service string) (int, error) {
	p := e.services[service]
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.restarts, nil
}

// follow reads what a service writes; a line's time is when it was read.
func (e *processes) follow(ctx context.Context, service string, line func(time.Time, string)) error {
	file, err := os.Open(e.services[service].log)
	if err != nil {
		return err
	}
	defer file.Close()
	reader := bufio.NewReader(file)
	var begun strings.Builder // a line whose end is not written yet
	read := func() {
		for {
			text, err := reader.ReadString('\n')
			begun.WriteString(text)
			if err != nil {
				return
			}
			line(time.Now(), strings.TrimSuffix(begun.String(), "\n"))
			begun.Reset()
		}
	}
	err = every(ctx, followPause, read)
	read()
	return err
}

// errLoopback is returned by what can't be done to processes.
var errLoopback = errors.New("processes on loopback can't be cut off")

func (*processes) unplug(context.Context, string) error { return errLoopback }

func (*processes) plug(context.Context, string) error { return errLoopback }

func (*processes) cut(context.Context, string, []string) error { return errLoopback }

func (*processes) join(context.Context, string) error { return errLoopback }
