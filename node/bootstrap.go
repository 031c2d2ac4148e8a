package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	"golang.org/x/sync/errgroup"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/gossip"
	"github.com/gossip-price/gossip-price/node/api"
	"github.com/gossip-price/gossip-price/node/dashboard"
	"github.com/gossip-price/gossip-price/node/vitals"
)

// Bootstrap is a bootstrap node: a DHT server at which the others meet. It has no price, no signature and no database.
type Bootstrap struct {
	log     *slog.Logger
	key     signing.Key
	host    host.Host
	network *gossip.Network
	cfg     config.Config
	stands  vitals.Standing
	board   *vitals.Board
	page    *dashboard.Board
	closer  closer
}

// NewBootstrap starts the host of a bootstrap node. Of the parts it takes Log, Host, Metrics and Version. Errors are those of
// the key file and of libp2p.
func NewBootstrap(cfg config.Config, parts Parts) (_ *Bootstrap, err error) {
	b := &Bootstrap{log: parts.Log, host: parts.Host, cfg: cfg}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.closer.close())
		}
	}()
	if b.host != nil {
		b.closer.add(b.host.Close)
	}
	if b.key, err = loadKey(cfg, b.log); err != nil {
		return nil, err
	}
	b.stands = Standing(cfg, b.key.Address())
	warnOfSettings(b.log, vitals.BootstrapSettingsRules(), b.stands)
	if b.host == nil {
		if b.host, err = newHost(cfg, b.key, parts.Metrics, b.log); err != nil {
			return nil, err
		}
		b.closer.add(b.host.Close)
	}
	b.network, err = gossip.New(b.host, gossip.Config{Network: cfg.Network, Bootstrap: cfg.BootstrapAddr, Log: b.log})
	if err != nil {
		return nil, err
	}
	b.closer.add(b.network.Close)
	b.board = vitals.NewBoard(vitals.BootstrapRules(), b.glance, time.Now)
	b.board.Look()
	if parts.Metrics != nil {
		parts.Metrics.MustRegister(newCheckMeter(b.Checks))
	}
	b.page = dashboard.NewPlain("Bootstrap node", parts.Version, b, b.words)
	return b, nil
}

// Host returns the libp2p host of the bootstrap node.
func (b *Bootstrap) Host() host.Host { return b.host }

// Checks returns the bootstrap node's checks on itself.
func (b *Bootstrap) Checks() []api.Check { return b.board.Checks() }

// Ready returns no problems: a bootstrap node that runs is ready, and its checks only warn.
func (b *Bootstrap) Ready() []api.Problem { return b.board.Ready() }

// glance returns what there is to be judged of the bootstrap node now. A key file is looked at without reading it.
func (b *Bootstrap) glance() vitals.Glance {
	g := vitals.Glance{
		Standing: b.stands, Now: time.Now(), Peers: len(b.host.Network().Peers()),
	}
	lookAtKeyFile(b.cfg, &g.Machine)
	return g
}

// checkLoop looks at the bootstrap node, so that a check is shown as it has lasted though nobody asks.
func (b *Bootstrap) checkLoop(ctx context.Context) error {
	tick := time.NewTicker(vitals.Period)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			b.board.Look()
		}
	}
}

// Page returns what shows the node to people.
func (b *Bootstrap) Page() http.Handler { return b.page }

func (b *Bootstrap) words() []string {
	return []string{
		"The nodes of the network find each other here. It fetches, signs and stores no price.",
		fmt.Sprintf("Connected at present: %d. Its peer ID: %s", len(b.host.Network().Peers()), b.host.ID()),
		"What goes on in the network is told by the pages of the gossip nodes.",
	}
}

// Run runs the bootstrap node until ctx ends, and closes it.
func (b *Bootstrap) Run(ctx context.Context) error {
	g, running := errgroup.WithContext(ctx)
	g.Go(func() error { return b.network.Run(running) })
	g.Go(func() error { return b.checkLoop(running) })
	err := g.Wait()
	b.log.Info("bootstrap node stopped")
	return errors.Join(err, b.closer.close())
}
