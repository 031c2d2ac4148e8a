package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	// stopWithin is how soon a node that was told to stop has to end.
	stopWithin = 10 * time.Second
	// flapPeriod is how long a flapping node is cut, and how long it is not.
	flapPeriod = 3 * time.Second
	// readyWithin bounds the wait for a restarted node in a rolling restart. What takes longer is no failure: other faults
	// may be under way.
	readyWithin = 20 * time.Second
)

// each does something with all nodes of a fault at once.
func (c *cluster) each(ctx context.Context, f fault, do func(ctx context.Context, service string) error) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, n := range f.Nodes {
		g.Go(func() error { return do(ctx, nodeService(n)) })
	}
	return g.Wait()
}

func killNodes(ctx context.Context, c *cluster, f fault) error { return c.each(ctx, f, c.engine.kill) }

func startNodes(ctx context.Context, c *cluster, f fault) error {
	return c.each(ctx, f, c.engine.start)
}

func stopNodes(ctx context.Context, c *cluster, f fault) error { return c.each(ctx, f, c.stop) }

// stop tells a node to stop, and finds fault when it does not do that well.
func (c *cluster) stop(ctx context.Context, service string) error {
	began := time.Now()
	code, err := c.engine.stop(ctx, service)
	if err != nil {
		return err
	}
	if took := time.Since(began); code != 0 || took > stopWithin {
		c.violations.add("stop", fmt.Sprintf("%s took %s to stop, exit code %d", service, took.Round(time.Millisecond), code))
	}
	return nil
}

func rollNodes(ctx context.Context, c *cluster, _ fault) error {
	for n := range clusterNodes {
		service := nodeService(n + 1)
		if err := c.stop(ctx, service); err != nil {
			return err
		}
		if err := c.engine.start(ctx, service); err != nil {
			return err
		}
		waiting, cancel := context.WithTimeout(ctx, readyWithin)
		err := c.awaitReady(waiting, service)
		cancel()
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			return err
		}
	}
	return nil
}

func pauseNodes(ctx context.Context, c *cluster, f fault) error {
	return c.each(ctx, f, c.engine.pause)
}

func resumeNodes(ctx context.Context, c *cluster, f fault) error {
	return c.each(ctx, f, c.engine.resume)
}

func loseJournal(ctx context.Context, c *cluster, f fault) error {
	return c.each(ctx, f, func(ctx context.Context, service string) error {
		if err := c.engine.kill(ctx, service); err != nil {
			return err
		}
		c.ledger.loseJournal(service)
		return removeAll(filepath.Join(c.dataFolder(service), "node.db*"))
	})
}

// fillDisk takes all the space that is left. The folder is a file system of its own.
func fillDisk(ctx context.Context, c *cluster, f fault) error {
	return c.each(ctx, f, func(_ context.Context, service string) error { return fill(filler(c, service)) })
}

func freeDisk(ctx context.Context, c *cluster, f fault) error {
	return c.each(ctx, f, func(_ context.Context, service string) error { return os.Remove(filler(c, service)) })
}

func filler(c *cluster, service string) string {
	return filepath.Join(c.dataFolder(service), "filler")
}

func skewClock(ctx context.Context, c *cluster, f fault) error { return c.setClocks(ctx, f, f.Offset) }

func mendClock(ctx context.Context, c *cluster, f fault) error { return c.setClocks(ctx, f, 0) }

// setClocks writes how far a node's clock is off, in milliseconds; the node reads that time and again.
func (c *cluster) setClocks(ctx context.Context, f fault, offset millis) error {
	return c.each(ctx, f, func(_ context.Context, service string) error {
		file := filepath.Join(c.dataFolder(service), clockFile)
		if err := os.WriteFile(file+".new", []byte(strconv.FormatInt(int64(offset), 10)), 0o644); err != nil { //nolint:gosec // the node is another user
			return err
		}
		return os.Rename(file+".new", file)
	})
}

func killBootstrap(ctx context.Context, c *cluster, _ fault) error {
	return c.engine.kill(ctx, bootstrapService)
}

func startBootstrap(ctx context.Context, c *cluster, _ fault) error {
	return c.engine.start(ctx, bootstrapService)
}

func unplugNode(ctx context.Context, c *cluster, f fault) error {
	return c.each(ctx, f, c.engine.unplug)
}

func plugNode(ctx context.Context, c *cluster, f fault) error { return c.each(ctx, f, c.engine.plug) }

// everyone is all who gossip.
func everyone() []string {
	services := []string{bootstrapService}
	for n := range clusterNodes {
		services = append(services, nodeService(n+1))
	}
	return services
}

func cutNodes(ctx context.Context, c *cluster, f fault) error {
	return c.each(ctx, f, func(ctx context.Context, service string) error {
		others := slices.DeleteFunc(everyone(), func(other string) bool { return other == service })
		return c.engine.cut(ctx, service, others)
	})
}

func joinNodes(ctx context.Context, c *cluster, f fault) error { return c.each(ctx, f, c.engine.join) }

// cutHalves cuts the fault's nodes, who stay together, from all others.
func cutHalves(ctx context.Context, c *cluster, f fault) error {
	return c.each(ctx, f, func(ctx context.Context, service string) error {
		others := slices.DeleteFunc(everyone(), func(other string) bool {
			return slices.ContainsFunc(f.Nodes, func(n int) bool { return nodeService(n) == other })
		})
		return c.engine.cut(ctx, service, others)
	})
}

// flapNode cuts and joins until the fault's time is over.
func flapNode(ctx context.Context, c *cluster, f fault) error {
	over := time.NewTimer(f.Lasts.duration())
	defer over.Stop()
	turn := time.NewTicker(flapPeriod)
	defer turn.Stop()
	for cut := true; ; cut = !cut {
		act := joinNodes
		if cut {
			act = cutNodes
		}
		if err := act(ctx, c, f); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-over.C:
			return nil
		case <-turn.C:
		}
	}
}

func stopDatabase(ctx context.Context, c *cluster, _ fault) error {
	_, err := c.engine.stop(ctx, databaseService)
	return err
}

func killDatabase(ctx context.Context, c *cluster, _ fault) error {
	return c.engine.kill(ctx, databaseService)
}

func startDatabase(ctx context.Context, c *cluster, _ fault) error {
	if err := c.engine.start(ctx, databaseService); err != nil {
		return err
	}
	return c.sql(ctx, "SELECT 1")
}

// disconnect ends what the nodes have open at the database, so that they feel what was set.
const disconnect = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'gossip_price_node'"

func refuseWrites(ctx context.Context, c *cluster, _ fault) error {
	if err := c.sql(ctx, "ALTER ROLE gossip_price_node SET default_transaction_read_only = on"); err != nil {
		return err
	}
	return c.sql(ctx, disconnect)
}

func takeWrites(ctx context.Context, c *cluster, _ fault) error {
	return c.sql(ctx, "ALTER ROLE gossip_price_node RESET default_transaction_read_only")
}

// setLines sets the way to the database, of the fault's nodes or of all.
func setLines(mode lineMode) func(context.Context, *cluster, fault) error {
	return func(_ context.Context, c *cluster, f fault) error {
		for i, l := range c.lines {
			if len(f.Nodes) == 0 || slices.Contains(f.Nodes, i+1) {
				l.set(mode)
			}
		}
		return nil
	}
}

func setSources(mode sourceMode) func(context.Context, *cluster, fault) error {
	return func(_ context.Context, c *cluster, f fault) error {
		for _, n := range f.Nodes {
			c.sources[n-1].mode.Store(mode)
		}
		return nil
	}
}
