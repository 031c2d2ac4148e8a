package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// clusterNodes and clusterQuorum: two nodes may fail, and the larger of two parts goes on.
	clusterNodes  = 5
	clusterQuorum = 3
	// interval, settle and flush are short, so that an hour has many rounds.
	interval = 5 * time.Second
	settle   = 5 * time.Second
	flush    = 5 * time.Second

	// statementTimeout bounds a statement of the owner.
	statementTimeout = 10 * time.Second

	databaseService  = "db"
	bootstrapService = "bootstrap"
)

func nodeService(n int) string { return "node" + strconv.Itoa(n) }

// engine runs the cluster's services: nodes, bootstrap node and database.
type engine interface {
	// prepare returns the address at which the nodes reach this process.
	prepare(ctx context.Context, folder string) (host string, err error)
	// up starts everything; w says where the nodes find prices and database.
	up(ctx context.Context, w wiring) error
	// down ends everything and removes what was made.
	down(ctx context.Context) error
	abilities() abilities
	// database returns the HOST:PORT where the database itself listens.
	database() string
	// api returns the URL of a service's HTTP server.
	api(service string) string
	// pid returns the process of a service, 0 while it does not run.
	pid(service string) int

	start(ctx context.Context, service string) error
	// kill ends a service by SIGKILL.
	kill(ctx context.Context, service string) error
	// stop ends a service by SIGTERM and returns its exit code.
	stop(ctx context.Context, service string) (code int, err error)
	pause(ctx context.Context, service string) error
	resume(ctx context.Context, service string) error
	// restarts returns how often a service ended by itself and was started again.
	restarts(ctx context.Context, service string) (int, error)
	// follow hands over each line that a service logs, from its first to the context's end.
	follow(ctx context.Context, service string, line func(at time.Time, text string)) error

	unplug(ctx context.Context, service string) error
	plug(ctx context.Context, service string) error
	// cut lets nothing pass from a service to the others.
	cut(ctx context.Context, service string, others []string) error
	// join ends all that cut did to a service.
	join(ctx context.Context, service string) error
}

// wiring is what nodes need to know of this process.
type wiring struct {
	sources []string // URLs, by node
	lines   []string // HOST:PORT, by node
}

// cluster is the network under test with all that surrounds it.
type cluster struct {
	engine  engine
	folder  string
	sources []*source
	lines   []*line
	owner   *line // of the owner of the database; nothing is ever wrong with it

	ledger     *ledger
	violations *violations
}

// dataFolder is where a node keeps its journal; the faults reach into it.
func (c *cluster) dataFolder(service string) string { return filepath.Join(c.folder, service) }

// ownerURL is the database's for its owner.
func (c *cluster) ownerURL() string {
	return fmt.Sprintf("postgres://postgres:%s@%s/gossip_price?sslmode=disable&connect_timeout=2", databasePassword, c.owner.listener.Addr())
}

// sql runs a statement as the database's owner, again and again until it is done or ctx ends: on a busy machine a connection may time
// out, and what could not be made would test nothing. The statements bear being repeated.
func (c *cluster) sql(ctx context.Context, statement string) error {
	var err error
	if timeout := poll(ctx, "repeat a statement", func() bool {
		err = execute(ctx, c.ownerURL(), statement)
		return err == nil
	}); timeout != nil {
		return errors.Join(timeout, err)
	}
	return nil
}

// execute runs a statement by a connection of its own.
func execute(ctx context.Context, url, statement string) error {
	ctx, cancel := context.WithTimeout(ctx, statementTimeout)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, statement); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}

// ready asks a service whether it is ready.
func (c *cluster) ready(ctx context.Context, service string) bool {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	body, err := get(ctx, c.engine.api(service)+"/readyz")
	return err == nil && body != nil
}

// get returns the body of a good answer.
func get(ctx context.Context, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", url, resp.Status)
	}
	return readAll(resp.Body)
}

// awaitReady waits until a service is ready.
func (c *cluster) awaitReady(ctx context.Context, service string) error {
	return poll(ctx, "wait for "+service+" to be ready", func() bool { return c.ready(ctx, service) })
}

// poll asks twice a second until the answer is yes.
func poll(ctx context.Context, what string, yes func() bool) error {
	ticker := time.NewTicker(pollPeriod)
	defer ticker.Stop()
	for !yes() {
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: %w", what, ctx.Err())
		case <-ticker.C:
		}
	}
	return nil
}

// removeAll removes files that match a pattern.
func removeAll(pattern string) error {
	files, err := filepath.Glob(pattern)
	if err != nil {
		return err
	}
	for _, file := range files {
		if err := os.Remove(file); err != nil {
			return err
		}
	}
	return nil
}
