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

	"golang.org/x/sync/errgroup"

	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node/api"
)

// coinbase is where live prices come from.
const coinbase = "https://api.coinbase.com"

// pair is what a devnet watches.
const pair price.Pair = "ETH-USD"

// probeTimeout bounds the question whether Coinbase can be reached.
const probeTimeout = 4 * time.Second

// feed is where the nodes of a devnet get their prices: Coinbase, or a local server that replays recorded ones.
type feed struct {
	url    string       // of a replay only while it is served
	replay http.Handler // nil: live
	why    string       // why prices are replayed
}

// openFeed chooses the feed. With auto it asks the live source first, and says so.
func openFeed(ctx context.Context, o Options, s *screen, live string) (*feed, error) {
	switch o.Prices {
	case "live":
		return &feed{url: live}, nil
	case "auto":
		s.busy("asking Coinbase for a price ..")
		err := probe(ctx, live)
		s.show("")
		if err == nil || ctx.Err() != nil {
			return &feed{url: live}, ctx.Err()
		}
		why := fmt.Sprintf("Coinbase is out of reach, so its prices of November 2025 are replayed: %v", err)
		return replayFeed(price.Recorded(), o.Interval, why)
	}
	file, err := os.Open(o.Prices)
	if err != nil {
		return nil, fmt.Errorf("open recorded prices (--prices takes auto, live or a CSV file): %w", err)
	}
	f, err := replayFeed(file, o.Interval, o.Prices+" is replayed, as --prices says")
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

func replayFeed(csv io.Reader, step time.Duration, why string) (*feed, error) {
	replay, err := price.NewReplay(csv, pair, step, time.Now)
	if err != nil {
		return nil, err
	}
	return &feed{replay: replay, why: why}, nil
}

// serve runs the server of a replay in the group, until ctx ends.
func (f *feed) serve(ctx context.Context, g *errgroup.Group) error {
	if f.replay == nil {
		return nil
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen for the replay: %w", err)
	}
	f.url = "http://" + listener.Addr().String()
	g.Go(func() error { return api.Serve(ctx, listener, f.replay) })
	return nil
}
