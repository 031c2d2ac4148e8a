package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

const (
	// firstRows bounds the wait for the first stored prices.
	firstRows = 90 * time.Second
	// downTimeout bounds the end of the cluster.
	downTimeout = 120 * time.Second
	// headerTimeout bounds a node's question for a price.
	headerTimeout = 5 * time.Second
	// maxBody bounds an answer, in bytes.
	maxBody = 8 << 20
)

// run is one run with all that belongs to it.
type run struct {
	options options
	plan    []fault
	members []signing.Address

	cluster    *cluster
	ledger     *ledger
	recoveries *recoveries
	violations *violations
	memory     *memory
	logs       *logs
	watcher    *watcher
	injector   *injector
	events     *eventLog

	started, ended time.Time
	convictions    int
}

// newRun puts a run together.
func newRun(o options, plan []fault, e engine, events *eventLog) (*run, error) {
	members, err := roster()
	if err != nil {
		return nil, err
	}
	prices, err := newMarket()
	if err != nil {
		return nil, err
	}
	r := &run{
		options: o, plan: plan, members: members, events: events,
		violations: &violations{tell: func(text string) { events.write(event{Event: eventViolation, Detail: text}) }},
		recoveries: &recoveries{}, memory: &memory{samples: make(map[string][]int64)},
	}
	r.ledger = newLedger(members, prices, r.violations)
	r.logs = &logs{ledger: r.ledger, violations: r.violations, complaints: make(map[string]int)}
	r.cluster = &cluster{engine: e, folder: filepath.Join(o.out, "data"), ledger: r.ledger, violations: r.violations}
	for range clusterNodes {
		r.cluster.sources = append(r.cluster.sources, newSource(prices))
	}
	r.watcher = &watcher{
		cluster: r.cluster, ledger: r.ledger, recoveries: r.recoveries, events: events, memory: r.memory, members: members,
	}
	r.injector, err = newInjector(r.cluster, events, r.recoveries, r.violations, plan)
	return r, err
}

// do runs it all: up, faults, calm, verdict, down. An error is one of the harness; what the nodes did wrong is in violations.
func (r *run) do(ctx context.Context) (err error) {
	surroundings, cancel := context.WithCancel(ctx)
	g, surroundings := errgroup.WithContext(surroundings)
	defer func() {
		stopping, stop := context.WithTimeout(context.WithoutCancel(ctx), downTimeout)
		defer stop()
		err = errors.Join(err, r.cluster.engine.down(stopping))
		cancel()
		err = errors.Join(err, g.Wait())
	}()
	host, err := r.cluster.engine.prepare(ctx, r.cluster.folder)
	if err != nil {
		return err
	}
	wired, err := r.surround(surroundings, g, host)
	if err != nil {
		return err
	}
	if err := r.cluster.engine.up(ctx, wired); err != nil {
		return err
	}
	r.watch(surroundings, g)
	if err := r.awaitRows(ctx); err != nil {
		return err
	}
	r.started = time.Now()
	if err := r.injector.run(ctx, r.plan); err != nil {
		return err
	}
	if !global.Wait(ctx, time.Until(r.started.Add(r.options.length()))) {
		return ctx.Err()
	}
	r.ended = time.Now()
	return r.judge(ctx)
}

// surround starts the price sources and the lines to the database.
func (r *run) surround(ctx context.Context, g *errgroup.Group, host string) (wiring, error) {
	var w wiring
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return w, fmt.Errorf("listen for HTTP: %w", err)
	}
	routes := http.NewServeMux()
	for i, s := range r.cluster.sources {
		path := "/" + strconv.Itoa(i+1)
		routes.Handle(path+"/", http.StripPrefix(path, s))
		w.sources = append(w.sources, "http://"+listener.Addr().String()+path)
	}
	server := &http.Server{Handler: routes, ReadHeaderTimeout: headerTimeout}
	g.Go(func() error {
		defer context.AfterFunc(ctx, func() { _ = server.Close() })()
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve prices: %w", err)
		}
		return nil
	})
	for range clusterNodes + 1 {
		l, err := newLine(ctx, net.JoinHostPort(host, "0"), r.cluster.engine.database)
		if err != nil {
			return w, err
		}
		g.Go(func() error { return l.run(ctx) })
		w.lines = append(w.lines, l.listener.Addr().String())
		r.cluster.lines = append(r.cluster.lines, l)
	}
	r.cluster.owner = r.cluster.lines[clusterNodes]
	r.cluster.lines, w.lines = r.cluster.lines[:clusterNodes], w.lines[:clusterNodes]
	return w, nil
}

// watch starts all that looks at the cluster.
func (r *run) watch(ctx context.Context, g *errgroup.Group) {
	g.Go(func() error { return r.watcher.watchRows(ctx) })
	g.Go(func() error { return r.watcher.watchNodes(ctx) })
	g.Go(func() error { return r.watcher.watchMemory(ctx) })
	for _, service := range append(everyone(), databaseService) {
		g.Go(func() error {
			file, err := os.Create(filepath.Join(r.options.out, service+".log"))
			if err != nil {
				return err
			}
			defer file.Close()
			return r.cluster.engine.follow(ctx, service, func(at time.Time, text string) {
				fmt.Fprintf(file, "%s %s\n", at.UTC().Format(time.RFC3339Nano), text)
				r.logs.line(service, at, text)
			})
		})
	}
}

// awaitRows waits until prices of all nodes are stored.
func (r *run) awaitRows(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, firstRows)
	defer cancel()
	return poll(ctx, "wait for the first rows", func() bool {
		proposers := r.ledger.proposers()
		return len(proposers) == clusterNodes && r.watcher.allReady()
	})
}

func readAll(body io.Reader) ([]byte, error) { return io.ReadAll(io.LimitReader(body, maxBody)) }
