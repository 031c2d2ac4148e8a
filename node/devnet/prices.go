package devnet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/gossip-price/gossip-price/global/price"
)

// coinbase is where live prices come from.
const coinbase = "https://api.coinbase.com"

// pair is what a devnet watches.
const pair price.Pair = "ETH-USD"

// probeTimeout bounds the question whether Coinbase can be reached.
const probeTimeout = 4 * time.Second

// feed is where the nodes of a devnet get their prices: Coinbase, or a local server that replays recorded ones.
type feed struct {
	url    string
	replay *http.Server  // nil: live
	served chan struct{} // closed when the replay has ended
	why    string        // why prices are replayed
}

// openFeed chooses the feed. With auto it asks the live source first.
func openFeed(ctx context.Context, o Options, live string) (*feed, error) {
	switch o.Prices {
	case "live":
		return &feed{url: live}, nil
	case "auto":
		err := probe(ctx, live)
		if err == nil || ctx.Err() != nil {
			return &feed{url: live}, ctx.Err()
		}
		why := fmt.Sprintf("Coinbase is out of reach (%v), so its prices of November 2025 are replayed", err)
		return replayFeed(ctx, price.Recorded(), o.Interval, why)
	}
	file, err := os.Open(o.Prices)
	if err != nil {
		return nil, fmt.Errorf("open recorded prices (--prices takes auto, live or a CSV file): %w", err)
	}
	f, err := replayFeed(ctx, file, o.Interval, o.Prices+" is replayed, as --prices says")
	if err != nil {
		err = fmt.Errorf("%s: %w", o.Prices, err)
	}
	return f, errors.Join(err, file.Close())
}

func probe(ctx context.Context, live string) error {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	client := price.NewCoinbase(live, time.Now)
	defer client.Close()
	_, err := client.Fetch(ctx, pair)
	return err
}

func replayFeed(ctx context.Context, csv io.Reader, step time.Duration, why string) (*feed, error) {
	replay, err := price.NewReplay(csv, pair, step, time.Now)
	if err != nil {
		return nil, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for the replay: %w", err)
	}
	server := &http.Server{Handler: replay, ReadTimeout: probeTimeout, WriteTimeout: probeTimeout}
	f := &feed{url: "http://" + listener.Addr().String(), replay: server, served: make(chan struct{}), why: why}
	go func() {
		defer close(f.served)
		_ = server.Serve(listener) // until close
	}()
	return f, nil
}

func (f *feed) close() error {
	if f.replay == nil {
		return nil
	}
	err := f.replay.Close()
	<-f.served
	return err
}
