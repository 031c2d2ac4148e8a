package node

import (
	"context"

	"golang.org/x/sync/errgroup"

	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/node/api"
)

// Serve runs a gossip node, or a bootstrap node when the settings say so, with its HTTP server until ctx ends. The
// server answers from before the node starts until after it has stopped. It returns nil after a clean stop.
func Serve(ctx context.Context, cfg config.Config, parts Parts, version string) error {
	server, err := api.Listen(ctx, api.Options{Addr: cfg.APIAddr, Version: version, Log: parts.Log, Origins: cfg.APIOrigins})
	if err != nil {
		return err
	}
	parts.Metrics, parts.Version = server.Metrics(), version
	parts.Log.Info("HTTP server started", "addr", server.Addr(), "version", version)
	g, running := errgroup.WithContext(context.WithoutCancel(ctx))
	serving, stop := context.WithCancel(running)
	g.Go(func() error { return server.Run(serving) })
	g.Go(func() error {
		defer stop()
		nodeCtx, cancel := context.WithCancel(ctx)
		defer cancel()
		defer context.AfterFunc(running, cancel)() // a dead server stops the node
		return start(nodeCtx, cfg, parts, server)
	})
	return g.Wait()
}

// runner is a node of either kind.
type runner interface {
	api.Node
	Run(ctx context.Context) error
}

func start(ctx context.Context, cfg config.Config, parts Parts, server *api.Server) error {
	var n runner
	var err error
	if cfg.Bootstrap {
		n, err = NewBootstrap(cfg, parts)
	} else {
		n, err = New(ctx, cfg, parts)
	}
	if err == nil {
		server.Attach(n)
		return n.Run(ctx)
	}
	if ctx.Err() == nil {
		return err
	}
	return nil // told to stop while it started: what it had opened is closed
}
