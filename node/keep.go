package node

import (
	"context"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/multiformats/go-multiaddr"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/store"
)

const (
	// keepPeriod is how often the journal is brought up to date with the peers, and pruned.
	keepPeriod = time.Minute
	// keepSigned is how long the journal remembers what was signed. Older rounds are never signed again; so a clock
	// that was ahead by less costs no round.
	keepSigned = 24 * time.Hour
)

// keepLoop keeps the journal small and its list of peers fresh.
func (n *Node) keepLoop(ctx context.Context) error {
	for n.waitUntil(ctx, n.now().Add(keepPeriod), nil) {
		n.saveKnownPeers(ctx)
		n.tellDrops()
		before := consensus.RoundAt(n.now().Add(-keepSigned), n.policy.Interval)
		if err := n.journal.Prune(ctx, before); ctx.Err() == nil {
			n.health.set(journalPart, err)
			if err != nil {
				n.log.Warn("prune journal", "err", err)
			}
		}
		n.pruneArchive(ctx)
	}
	return nil
}

// tellDrops warns when messages were lost since it last looked: a node that drops silently looks healthy.
func (n *Node) tellDrops() {
	counts, last := n.network.Counts(), n.counts
	if counts.QueueFull > last.QueueFull || counts.Throttled > last.Throttled || counts.Outbound > last.Outbound {
		n.log.Warn("messages dropped: this node or a peer is overloaded",
			"queue_full", counts.QueueFull-last.QueueFull, "throttled", counts.Throttled-last.Throttled,
			"outbound", counts.Outbound-last.Outbound)
	}
	n.counts = counts
}

// saveKnownPeers writes down where peers are reached, for the next start: who is connected, and who is missed.
func (n *Node) saveKnownPeers(ctx context.Context) {
	infos := n.network.Known()
	peers := make([]store.Peer, len(infos))
	for i, info := range infos {
		peers[i].ID = info.ID.String()
		for _, a := range info.Addrs {
			peers[i].Addrs = append(peers[i].Addrs, a.String())
		}
	}
	if len(peers) == 0 {
		return // rather the peers of yesterday than none
	}
	if err := n.journal.SavePeers(ctx, peers); err != nil && ctx.Err() == nil {
		n.log.Warn("save known peers", "err", err)
	}
}

// knownPeers returns the peers of earlier runs. An entry that can't be read is left out: it is only a hint.
func (n *Node) knownPeers(ctx context.Context) ([]peer.AddrInfo, error) {
	peers, err := n.journal.Peers(ctx)
	if err != nil {
		return nil, err
	}
	var infos []peer.AddrInfo
	for _, p := range peers {
		id, err := peer.Decode(p.ID)
		if err != nil {
			continue
		}
		info := peer.AddrInfo{ID: id}
		for _, s := range p.Addrs {
			if a, err := multiaddr.NewMultiaddr(s); err == nil {
				info.Addrs = append(info.Addrs, a)
			}
		}
		infos = append(infos, info)
	}
	return infos, nil
}
