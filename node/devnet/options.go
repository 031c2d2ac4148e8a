// Package devnet runs a whole network in one process: a bootstrap node and gossip nodes as real libp2p hosts on
// loopback, each with its own key and journal, with nothing to install.
package devnet

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"
)

// Options says what network to run.
type Options struct {
	Nodes    int           // gossip nodes, MinNodes to MaxNodes
	Interval time.Duration // of the rounds, whole seconds
	Settle   time.Duration
	Flush    time.Duration // whole seconds
	Duration time.Duration // 0: until the context ends
	Data     string        // folder for everything that is kept
	Database string        // URL of the price store; empty: prices.db in Data
	Prices   string        // auto, live, or a CSV file of recorded prices
	API      string        // HOST:PORT of the first node's HTTP server
	Program  string        // how the user calls this program, for the lines to copy
	Version  string
	Out      io.Writer
	Terminal bool // Out shows lines that are written over
	Log      *slog.Logger
}

// Bounds of the number of nodes: fewer have no quorum, more are for a machine each.
const (
	MinNodes = 3
	MaxNodes = 32
)

// quorum is the signer count of a devnet, the default of all networks.
const quorum = 3

// ErrOptions is wrapped by the error of Run for options that make no network.
var ErrOptions = errors.New("invalid option")

func (o Options) check() error {
	if o.Nodes < MinNodes || o.Nodes > MaxNodes {
		return fmt.Errorf("%w: --nodes %d, want %d to %d", ErrOptions, o.Nodes, MinNodes, MaxNodes)
	}
	for name, d := range map[string]time.Duration{"--interval": o.Interval, "--flush": o.Flush, "--settle": o.Settle} {
		if d < time.Second || d%time.Second != 0 || d > time.Hour {
			return fmt.Errorf("%w: %s %s, want whole seconds, at most an hour", ErrOptions, name, d)
		}
	}
	if o.Duration < 0 {
		return fmt.Errorf("%w: --duration %s is negative", ErrOptions, o.Duration)
	}
	return nil
}
