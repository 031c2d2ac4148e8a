package devnet

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/multiformats/go-multiaddr"
	"golang.org/x/sync/errgroup"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node"
	"github.com/gossip-price/gossip-price/node/api"
)

// devnet is a running network.
type devnet struct {
	options   Options
	screen    *screen
	board     *board
	feed      *feed
	roster    []signing.Address
	server    *api.Server
	bootstrap *node.Bootstrap
	nodes     []*node.Node
	up        bool // every node was started
}

// Run runs a network until ctx ends or its duration is over, shows what happens, and ends with a summary. Errors wrap
// ErrOptions, global.ErrInUse when another devnet runs on the same folder, or what a node could not do.
func Run(ctx context.Context, o Options) error {
	if err := o.check(); err != nil {
		return err
	}
	started := time.Now()
	d := &devnet{options: o, screen: &screen{out: o.Out, terminal: o.Terminal}}
	if o.Duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.Duration)
		defer cancel()
	}
	err := d.prepare(ctx)
	if err == nil {
		err = d.run(ctx)
	}
	d.screen.show("")
	switch {
	case d.up:
		d.summary(time.Since(started))
	case ctx.Err() != nil:
		d.screen.plain("stopped before the network was up\n")
		return nil
	}
	return err
}

// prepare chooses the prices, makes the keys and opens the first node's HTTP server.
func (d *devnet) prepare(ctx context.Context) (err error) {
	if d.feed, err = openFeed(ctx, d.options, d.screen, coinbase); err != nil {
		return err
	}
	if err := d.makeKeys(); err != nil {
		return err
	}
	if d.server, err = api.Listen(ctx, d.api()); err != nil {
		return fmt.Errorf("%w; choose another address with --api", err)
	}
	d.announce()
	return nil
}

func (d *devnet) api() api.Options {
	return api.Options{Addr: d.options.API, Version: d.options.Version, Log: d.options.Log}
}

func (d *devnet) announce() {
	if d.feed.replay != nil {
		d.screen.mark = replayMark
		d.screen.plain("These are RECORDED prices, not live ones. Do not use them.\n%s\n\n", d.feed.why)
	}
	d.screen.plain("devnet: %d nodes and a bootstrap node; a round every %s, quorum %d; data in %s\n\n",
		d.options.Nodes, d.options.Interval, quorum, d.options.Data)
}

// run serves the prices, starts the nodes and joins them all.
func (d *devnet) run(ctx context.Context) error {
	g, running := errgroup.WithContext(ctx)
	g.Go(func() error { return d.server.Run(running) })
	err := d.feed.serve(running, g)
	if err == nil {
		err = d.start(running, g)
	}
	if err != nil {
		g.Go(func() error { return err })
		return g.Wait()
	}
	g.Go(func() error { return d.watch(running) })
	return g.Wait()
}

// start makes the nodes and runs each in the group.
func (d *devnet) start(ctx context.Context, g *errgroup.Group) error {
	cfg := d.config(filepath.Join(d.options.Data, "bootstrap"))
	cfg.Bootstrap = true
	bootstrap, err := node.NewBootstrap(cfg, d.parts("bootstrap"))
	if err != nil {
		return err
	}
	d.bootstrap = bootstrap
	g.Go(func() error { return bootstrap.Run(ctx) })
	d.screen.line("bootstrap  up at %s", bootstrap.Host().Addrs()[0])
	for i := range d.options.Nodes {
		cfg := d.config(d.folder(i))
		cfg.BootstrapAddr = []peer.AddrInfo{{ID: bootstrap.Host().ID(), Addrs: bootstrap.Host().Addrs()}}
		parts := d.parts(nodeName(i))
		if i == 0 {
			parts.Metrics = d.server.Metrics()
		}
		n, err := node.New(ctx, cfg, parts)
		if err != nil {
			return err
		}
		d.nodes = append(d.nodes, n)
		g.Go(func() error { return n.Run(ctx) })
		d.screen.line("%-9s  up at %s, signs as %s", nodeName(i), n.Host().Addrs()[0], n.Address())
	}
	d.server.Attach(d.nodes[0])
	d.up = true
	return d.writeRoster() // not before the journals are held: another devnet may run on the folder
}

func nodeName(i int) string { return fmt.Sprintf("node%d", i+1) }

func (d *devnet) folder(i int) string { return filepath.Join(d.options.Data, nodeName(i)) }

// storeURL returns the price store that all nodes share.
func (d *devnet) storeURL() string {
	if d.options.Database != "" {
		return d.options.Database
	}
	return "sqlite:" + filepath.Join(d.options.Data, "prices.db")
}

// config returns the settings of one node: the defaults of all nodes, but for what the options say.
func (d *devnet) config(folder string) config.Config {
	c := config.Default()
	c.ConnectionAddr = []multiaddr.Multiaddr{multiaddr.StringCast("/ip4/127.0.0.1/tcp/0")}
	c.Network, c.Signers, c.MinimumSignerCount = "devnet", d.roster, quorum
	c.DataDir, c.DatabaseURL = folder, d.storeURL()
	c.PriceURL, c.Pairs = d.feed.url, []price.Pair{pair}
	c.FetchPriceInterval, c.PriceFreshness = d.options.Interval, min(c.PriceFreshness, d.options.Interval)
	c.SettlePeriod, c.FlushInterval = d.options.Settle, d.options.Flush
	return c
}

func (d *devnet) parts(name string) node.Parts {
	return node.Parts{
		Log:     d.options.Log.With(slog.String("name", name)),
		Now:     time.Now,
		Version: d.options.Version,
		Observe: func(e node.Event) { d.board.observe(name, e) },
	}
}
