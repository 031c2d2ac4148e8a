package main

import (
	"context"

	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/gossip"
	"github.com/gossip-price/gossip-price/node"
)

func runCommand() command {
	c := command{
		name:    "run",
		summary: "run a node, or with GP_BOOTSTRAP=true a bootstrap node, from GP_ variables",
	}
	c.run = func(p program, ctx context.Context, args []string) error {
		fs := c.flags(p.stdout)
		fs.Usage = func() { help(p.stdout) } // without a command, --help is the help of the whole
		if err := parse(fs, args, 0); err != nil {
			return err
		}
		cfg, err := config.Load()
		if err != nil {
			return err
		}
		log := p.logger(cfg.LogLevel, cfg.LogFormat)
		gossip.RouteLogs(log.Handler())
		return node.Serve(ctx, cfg, node.Parts{Log: log, Now: wallClock()}, version())
	}
	return c
}
