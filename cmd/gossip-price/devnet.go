package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gossip-price/gossip-price/gossip"
	"github.com/gossip-price/gossip-price/node/devnet"
)

func devnetCommand() command {
	return command{
		name:    "devnet",
		summary: "run a whole network in this process, with nothing to install",
		examples: []string{
			"gossip-price devnet",
			"gossip-price devnet --nodes 8 --interval 10s --duration 2m",
			"gossip-price devnet --prices recorded.csv --data ./net",
		},
		exits: "0 after --duration, or a clean stop by ctrl-C",
		define: func(fs *flag.FlagSet) action {
			o, lowest := devnetFlags(fs)
			return func(ctx context.Context, p program, _ []string) error {
				if err := devnetDefaults(o); err != nil {
					return err
				}
				o.Out, o.Terminal, o.Log = p.stdout.file, p.terminal(p.stdout.file.Fd()), p.logger(*lowest, "auto")
				gossip.RouteLogs(o.Log.Handler())
				return devnet.Run(ctx, *o)
			}
		},
	}
}

// devnetFlags declares the flags and returns where they go: the options, and the lowest level of logs.
func devnetFlags(fs *flag.FlagSet) (*devnet.Options, *slog.Level) {
	o := &devnet.Options{Version: version(), Program: calledAs()}
	fs.IntVar(&o.Nodes, "nodes", 4, fmt.Sprintf("`N` gossip nodes, %d to %d", devnet.MinNodes, devnet.MaxNodes))
	fs.DurationVar(&o.Interval, "interval", 5*time.Second, "`TIME` that a round takes")
	fs.DurationVar(&o.Settle, "settle", 5*time.Second, "`TIME` after its last signature at which a price is written")
	fs.DurationVar(&o.Flush, "flush", 5*time.Second, "`TIME` between two writings of settled prices")
	fs.DurationVar(&o.Duration, "duration", 0, "stop after this `TIME`; 0: run until ctrl-C")
	fs.StringVar(&o.Data, "data", "", "`DIR` for keys, journals, rows and roster.txt; default ~/.gossip-price/devnet")
	fs.StringVar(&o.Prices, "prices", "auto", "where prices come from, `auto|live|FILE`: Coinbase, or recorded prices "+
		"where it can't be reached; Coinbase alone; or recorded prices of your own, a CSV with the header time,close")
	fs.StringVar(&o.API, "api", "127.0.0.1:9000", "`HOST:PORT` of the first node's HTTP server")
	lowest := slog.LevelWarn
	fs.Func("log", "lowest level of the nodes' own logs that is shown on stderr, `debug|info|warn|error`; default warn", func(name string) error {
		if lowest.UnmarshalText([]byte(name)) != nil {
			return errors.New("want debug, info, warn or error")
		}
		return nil
	})
	return o, &lowest
}

// devnetDefaults fills in where a devnet keeps its data.
func devnetDefaults(o *devnet.Options) error {
	o.Database = os.Getenv("GP_DATABASEURL")
	if o.Data != "" {
		return nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return fmt.Errorf("%w: this user has no home; name a folder with --data", errUsage)
	}
	o.Data = filepath.Join(home, ".gossip-price", "devnet")
	return nil
}

// calledAs returns how the user can call this program again.
func calledAs() string {
	path, err := os.Executable()
	if err == nil && strings.Contains(path, "go-build") {
		return "go run ./cmd/gossip-price"
	}
	return os.Args[0]
}
