package node

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"
)

// stopTimeout bounds what a node still does after it was told to stop.
const stopTimeout = 5 * time.Second

// Run runs the node until ctx ends, then finishes what is in flight, writes what is due, and closes everything. It
// returns nil after a clean stop, and otherwise what made the node stop.
func (n *Node) Run(ctx context.Context) error {
	g, running := errgroup.WithContext(ctx)
	g.Go(func() error { return n.network.Run(running) })
	g.Go(func() error { return n.decideLoop(running) })
	g.Go(func() error { return n.flushLoop(running) })
	g.Go(func() error { return n.keepLoop(running) })
	g.Go(func() error { return n.tickLoop(running) })
	g.Go(func() error { return n.catchUpLoop(running) })
	g.Go(func() error { return n.surveyLoop(running) })
	for _, pair := range n.cfg.Pairs {
		g.Go(func() error { return n.fetchLoop(running, pair) })
	}
	err := g.Wait()
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	n.saveKnownPeers(stopping)
	err = errors.Join(err, n.network.Close()) // from here on nothing is received
	n.keepCertificates(stopping)
	n.keepEvidence(stopping)
	n.flush(stopping, n.writing.Last)
	n.log.Info("node stopped")
	return errors.Join(err, n.closer.close())
}
