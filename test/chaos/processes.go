package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// processes runs the cluster without an engine: the services are processes that listen on loopback. Nothing can come between
// them there, and their folders share one disk: so some kinds of faults are left out.
type processes struct {
	binary   string // gossip-price
	postgres string // folder with initdb and postgres

	folder   string
	home     string // of the database, whose user can't enter the other folders
	services map[string]*process
	running  sync.WaitGroup // of those who wait for a process to end
}

// process is a service that runs, or could.
type process struct {
	command     []string
	environment []string
	attributes  *syscall.SysProcAttr
	port        int // of the HTTP server, or of the database
	log         string

	mu       sync.Mutex
	pid      int           // 0: it does not run
	ended    chan struct{} // closed when it has ended
	code     int           // with which it ended; -1: by a signal
	wanted   bool          // it is to be started again when it ends
	restarts int
}

const (
	// restartPause is how long after it ended by itself a process is started again.
	restartPause = time.Second
	// stopPatience is how long a process that was told to stop may take before it is killed.
	stopPatience = 20 * time.Second
)

func (e *processes) abilities() abilities { return abilities{} }

func (e *processes) prepare(ctx context.Context, folder string) (string, error) {
	e.folder, e.services = folder, make(map[string]*process)
	for _, service := range everyone() {
		if err := os.MkdirAll(filepath.Join(folder, service), 0o700); err != nil {
			return "", err
		}
	}
	return "127.0.0.1", e.prepareDatabase(ctx)
}

// freePort returns a port on which nobody listens at present.
func freePort(ctx context.Context) (int, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(port)
}

func (e *processes) add(service string, p *process) {
	p.log = filepath.Join(e.folder, service+".out")
	e.services[service] = p
}

func (e *processes) up(ctx context.Context, w wiring) error {
	if err := e.start(ctx, databaseService); err != nil {
		return err
	}
	if err := e.migrate(ctx); err != nil {
		return err
	}
	if err := e.prepareNodes(ctx, w); err != nil {
		return err
	}
	for _, service := range everyone() {
		if err := e.start(ctx, service); err != nil {
			return err
		}
	}
	return nil
}

func (e *processes) down(ctx context.Context) error {
	var err error
	for _, service := range append(everyone(), databaseService) {
		if p := e.services[service]; p != nil {
			_, stopped := p.end(ctx, syscall.SIGINT)
			err = errors.Join(err, stopped)
		}
	}
	e.running.Wait()
	if e.home != "" {
		err = errors.Join(err, os.RemoveAll(e.home))
	}
	return err
}

func (e *processes) database() string {
	return "127.0.0.1:" + strconv.Itoa(e.services[databaseService].port)
}

func (e *processes) api(service string) string {
	return "http://127.0.0.1:" + strconv.Itoa(e.services[service].port)
}

func (e *processes) pid(service string) int {
	p := e.services[service]
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pid
}

func (e *processes) start(_ context.Context, service string) error {
	p := e.services[service]
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wanted = true
	return e.launch(p)
}

// launch starts a process and sees to it that it is started again when it ends by itself. p is locked.
func (e *processes) launch(p *process) error {
	file, err := os.OpenFile(p.log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	c := exec.Command(p.command[0], p.command[1:]...) //nolint:noctx // it ends when it is told to
	c.Env, c.SysProcAttr, c.Stdout, c.Stderr = append(os.Environ(), p.environment...), p.attributes, file, file
	if err := c.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	p.pid, p.ended = c.Process.Pid, ended
	e.running.Go(func() {
		_ = c.Wait()
		p.mu.Lock()
		p.pid, p.code = 0, c.ProcessState.ExitCode()
		p.mu.Unlock()
		close(ended)
		e.revive(p)
	})
	return nil
}

// revive starts a process again that was not told to end.
func (e *processes) revive(p *process) {
	pause := time.NewTimer(restartPause)
	defer pause.Stop()
	<-pause.C
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.wanted && p.pid == 0 {
		p.restarts++
		_ = e.launch(p) // that it does not run shows soon enough
	}
}

// end signals a process and waits until it has ended.
func (p *process) end(ctx context.Context, signal syscall.Signal) (code int, err error) {
	p.mu.Lock()
	p.wanted = false
	pid, ended := p.pid, p.ended
	p.mu.Unlock()
	if pid == 0 {
		return 0, nil
	}
	if err := syscall.Kill(pid, signal); err != nil {
		return 0, fmt.Errorf("signal %d: %w", pid, err)
	}
	patience := time.NewTimer(stopPatience)
	defer patience.Stop()
	select {
	case <-ended:
	case <-ctx.Done():
		err = ctx.Err()
	case <-patience.C:
		err = errors.New("it does not end")
	}
	if err != nil {
		_ = syscall.Kill(pid, syscall.SIGKILL)
		<-ended
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.code, err
}
