package main

import (
	"context"
	"flag"

	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/gossip"
	"github.com/gossip-price/gossip-price/node"
)

func runCommand() command {
	return command{
		name:    "run",
		summary: "run a node, or with GP_BOOTSTRAP=true a bootstrap node, from GP_ variables",
		examples: []string{
			"GP_BOOTSTRAPADDR=/dns4/HOST/tcp/8000/p2p/ID GP_SIGNERS=0x..,0x..,0x.. gossip-price run",
			"GP_BOOTSTRAP=true gossip-price run",
		},
		exits: "0 after a clean stop, by SIGINT or SIGTERM",
		define: func(*flag.FlagSet) action {
			return func(ctx context.Context, p program, _ []string) error {
				cfg, err := config.Load()
				if err != nil {
					return err
				}
				log := p.logger(cfg.LogLevel, cfg.LogFormat)
				gossip.RouteLogs(log.Handler())
				return node.Serve(ctx, cfg, node.Parts{Log: log, Now: wallClock()}, version())
			}
		},
	}
}
