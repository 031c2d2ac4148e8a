package node

import (
	"context"
	"errors"

	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node/api"
	"github.com/gossip-price/gossip-price/node/dashboard"
	"github.com/gossip-price/gossip-price/node/story"
	"github.com/gossip-price/gossip-price/node/vitals"
)

// New opens the stores and the host of a gossip node. The node does nothing before Run. Errors wrap global.ErrInUse,
// global.ErrSchema, or what the key file, the stores or libp2p return.
func New(ctx context.Context, cfg config.Config, parts Parts) (_ *Node, err error) {
	n := &Node{
		cfg: cfg, log: parts.Log, now: parts.Now, observe: parts.Observe, source: parts.Source, host: parts.Host,
		prices: parts.Prices,
		wake:   make(chan struct{}, 1),
		nudged: make(chan peer.ID, maxNudges),
		meet:   make(chan struct{}, 1),
		demand: make(map[price.Pair]chan struct{}, len(cfg.Pairs)),
		health: newHealth(), wrote: make(map[signing.Digest]bool),
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, n.closer.close())
		}
	}()
	if n.host != nil {
		n.closer.add(n.host.Close)
	}
	for _, pair := range cfg.Pairs {
		n.demand[pair] = make(chan struct{}, 1)
	}
	if n.key, err = loadKey(cfg, n.log); err != nil {
		return nil, err
	}
	n.log = n.log.With("node", n.key.Address().Short())
	n.policy = policyOf(cfg, n.key.Address())
	n.meters = newMeters(parts.Metrics, &n.policy, cfg.FlushInterval, n.now())
	n.domain = signing.NewDomain(cfg.Network)
	n.engine = consensus.NewEngine(n.policy)
	n.feed = api.NewFeed(n.now())
	n.pulse = newPulse(cfg, n.policy, parts.Version, n.now())
	n.book = story.New(story.Config{
		Self: n.key.Address(), Quorum: n.policy.Quorum, Members: n.policy.Roster.Size(), Settle: n.policy.Settle,
	})
	n.pulse.mute = parts.Mute
	n.course = vitals.NewCourse(&n.policy)
	n.board = vitals.NewBoard(vitals.NodeRules(), n.glance, n.now)
	n.page = dashboard.New(n)
	if err := n.openStores(ctx); err != nil {
		return nil, err
	}
	if n.source == nil {
		coinbase := price.NewCoinbase(cfg.PriceURL, n.now)
		coinbase.Failed = n.noPrice
		n.closer.add(func() error { coinbase.Close(); return nil })
		n.source = coinbase
	}
	if err := n.join(ctx, parts.Peers, parts.Metrics); err != nil {
		return nil, err
	}
	n.warn(ctx)
	n.survey.look(ctx, n)
	n.board.Look()
	return n, nil
}
