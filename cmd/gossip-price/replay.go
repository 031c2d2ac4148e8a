package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node/api"
)

func replayCommand() command {
	return command{
		name:    "replay-prices",
		summary: "a stand-in for Coinbase that replays recorded prices, for tests or without internet",
		examples: []string{
			"gossip-price replay-prices --addr 127.0.0.1:8080",
			"GP_PRICEURL=http://127.0.0.1:8080 gossip-price",
		},
		exits: "0 after a clean stop by ctrl-C",
		define: func(fs *flag.FlagSet) action {
			addr := fs.String("addr", "127.0.0.1:8080", "where to serve, `HOST:PORT`")
			file := fs.String("file", "", "recorded prices, `CSV` with the header time,close; default: Coinbase ETH-USD of November 2025")
			name := fs.String("pair", "ETH-USD", "the `PAIR` that was recorded")
			step := fs.Duration("step", time.Minute, "`TIME` for which each price stands")
			asJSON := fs.Bool("json", false, "one JSON object that tells where it serves, as soon as it does")
			return func(ctx context.Context, p program, _ []string) error {
				replay, err := openReplay(*file, *name, *step)
				if err != nil {
					return err
				}
				listener, err := new(net.ListenConfig).Listen(ctx, "tcp", *addr)
				if err != nil {
					return fmt.Errorf("listen for HTTP: %w", err)
				}
				url := "http://" + listener.Addr().String()
				fmt.Fprintf(p.stderr, "replaying recorded prices, not live ones, at %s\n", url)
				if *asJSON {
					if err := json.NewEncoder(p.stdout).Encode(map[string]string{"url": url, "pair": *name}); err != nil {
						return errors.Join(fmt.Errorf("write where: %w", err), listener.Close())
					}
				}
				return api.Serve(ctx, listener, replay)
			}
		},
	}
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
