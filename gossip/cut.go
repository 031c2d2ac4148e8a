package gossip

import (
	"context"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
)

// cutCondemned disconnects the peers that the ledger condemns, and bans them: roster members and bootstrap nodes too,
// whose messages still come through others.
func (n *Network) cutCondemned(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-n.cuts:
		}
		for id, why := range n.ledger.condemned() {
			n.bans.add(id, time.Now())
			n.ledger.forget(id)
			n.counts.cut()
			n.log.WarnContext(ctx, "peer cut", "cause", why, "peer", id, "for", banTime)
			n.disconnect(ctx, id)
		}
	}
}

func (n *Network) disconnect(ctx context.Context, id peer.ID) {
	if err := n.host.Network().ClosePeer(id); err != nil {
		n.log.DebugContext(ctx, "close connections of a banned peer", "peer", id, "err", err)
	}
}
