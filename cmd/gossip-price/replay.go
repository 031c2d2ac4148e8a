package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node/api"
)

func replayCommand() command {
	c := command{
		name:    "replay-prices",
		summary: "a stand-in for Coinbase that replays recorded prices, for tests or without internet",
		examples: []string{
			"gossip-price replay-prices --addr 127.0.0.1:8080",
			"GP_PRICEURL=http://127.0.0.1:8080 gossip-price",
		},
	}
	c.run = func(p program, ctx context.Context, args []string) error {
		fs := c.flags(p.stdout)
		addr := fs.String("addr", "127.0.0.1:8080", "where to serve, `HOST:PORT`")
		file := fs.String("file", "", "recorded prices, `CSV` with the header time,close; default: Coinbase ETH-USD of November 2025")
		name := fs.String("pair", "ETH-USD", "the `PAIR` that was recorded")
		step := fs.Duration("step", time.Minute, "`TIME` for which each price stands")
		if err := parse(fs, args, 0); err != nil {
			return err
		}
		replay, err := openReplay(*file, *name, *step)
		if err != nil {
			return err
		}
		listener, err := new(net.ListenConfig).Listen(ctx, "tcp", *addr)
		if err != nil {
			return fmt.Errorf("listen for HTTP: %w", err)
		}
		fmt.Fprintf(p.stderr, "replaying recorded prices, not live ones, at http://%s\n", listener.Addr())
		return api.Serve(ctx, listener, replay)
	}
	return c
}

func openReplay(file, name string, step time.Duration) (*price.Replay, error) {
	pair, err := price.ParsePair(name)
	if err != nil {
		return nil, fmt.Errorf("%w: --pair: %w", errUsage, err)
	}
	if step < time.Second {
		return nil, fmt.Errorf("%w: --step %s, want at least 1s", errUsage, step)
	}
	var csv io.Reader = price.Recorded()
	if file != "" {
		f, err := os.Open(file)
		if err != nil {
			return nil, fmt.Errorf("open recorded prices: %w", err)
		}
		defer func() { _ = f.Close() }()
		csv = f
	}
	return price.NewReplay(csv, pair, step, time.Now)
}
