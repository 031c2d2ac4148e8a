package node

import (
	"context"
	"errors"
	"log/slog"

	"github.com/libp2p/go-libp2p/core/host"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/gossip"
	"github.com/gossip-price/gossip-price/node/api"
)

// Bootstrap is a bootstrap node: a DHT server at which the others meet. It has no price, no signature and no database.
type Bootstrap struct {
	log     *slog.Logger
	key     signing.Key
	host    host.Host
	network *gossip.Network
	closer  closer
}

// NewBootstrap starts the host of a bootstrap node. Of the parts it takes Log, Host and Metrics. Errors are those of the key
// file and of libp2p.
func NewBootstrap(cfg config.Config, parts Parts) (_ *Bootstrap, err error) {
	b := &Bootstrap{log: parts.Log, host: parts.Host}
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
	if isDevelopmentKey(b.key.Address()) {
		b.log.Warn("this bootstrap node runs on a publicly known development key", "address", b.key)
	}
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
	return b, nil
}

// Host returns the libp2p host of the bootstrap node.
func (b *Bootstrap) Host() host.Host { return b.host }

// Ready returns no problems: a bootstrap node that runs is ready.
func (b *Bootstrap) Ready() []api.Problem { return nil }

// Run runs the bootstrap node until ctx ends, and closes it.
func (b *Bootstrap) Run(ctx context.Context) error {
	err := b.network.Run(ctx)
	b.log.Info("bootstrap node stopped")
	return errors.Join(err, b.closer.close())
}
