package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
)

const (
	// pollPeriod is how often the cluster is looked at.
	pollPeriod = 500 * time.Millisecond
	// askTimeout bounds one question to a node or the database.
	askTimeout = 3 * time.Second
)

// watcher looks at the cluster for as long as it runs.
type watcher struct {
	cluster    *cluster
	ledger     *ledger
	recoveries *recoveries
	events     *eventLog
	memory     *memory
	members    []signing.Address

	mu    sync.Mutex
	ready map[string]bool
}

// watchRows brings stored rows to the ledger as they land.
func (w *watcher) watchRows(ctx context.Context) error {
	prices, err := store.Open(ctx, w.cluster.ownerURL())
	if err != nil {
		return err
	}
	defer prices.Close()
	rows := store.Follow(prices, store.Query{}, nil)
	return every(ctx, pollPeriod, func() {
		asking, cancel := context.WithTimeout(ctx, askTimeout)
		defer cancel()
		fresh, _ := rows.Next(asking) // the database may be away
		for _, row := range fresh {
			w.ledger.row(row)
		}
	})
}

// watchNodes asks every node whether it is ready, and notes what has recovered.
func (w *watcher) watchNodes(ctx context.Context) error {
	proposers := make(map[string]string)
	for i, a := range w.members {
		proposers[nodeService(i+1)] = a.String()
	}
	return every(ctx, pollPeriod, func() {
		asked := time.Now()
		ready := w.askAll(ctx)
		w.mu.Lock()
		w.ready = ready
		w.mu.Unlock()
		w.recoveries.look(state{
			at: asked, ready: ready, proposers: proposers, quorumSince: w.ledger.quorumSince,
			storedUntil: func(t time.Time) bool { return len(w.ledger.missing(t)) == 0 },
		})
	})
}

func (w *watcher) askAll(ctx context.Context) map[string]bool {
	ready := make(map[string]bool)
	var mu sync.Mutex
	var asking sync.WaitGroup
	for _, service := range everyone()[1:] {
		asking.Go(func() {
			yes := w.cluster.ready(ctx, service)
			mu.Lock()
			defer mu.Unlock()
			ready[service] = yes
		})
	}
	asking.Wait()
	return ready
}

// watchMemory samples the nodes' memory.
func (w *watcher) watchMemory(ctx context.Context) error {
	return every(ctx, samplePeriod, func() {
		for _, service := range everyone() {
			if pid := w.cluster.engine.pid(service); pid != 0 {
				w.memory.sample(service, pid)
			}
		}
	})
}

// allReady tells whether all nodes were ready when they were asked last.
func (w *watcher) allReady() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.ready) == clusterNodes && all(everyone()[1:], func(service string) bool { return w.ready[service] })
}

// every does something now and then until the context ends.
func every(ctx context.Context, period time.Duration, do func()) error {
	ticker := time.NewTicker(period)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			do()
		}
	}
}

// within describes a time to recover.
func within(d time.Duration) string {
	if d == pending {
		return "not yet"
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}
