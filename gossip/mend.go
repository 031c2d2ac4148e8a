package gossip

import (
	"context"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
)

const (
	// mendPeriod is how often the members are compared with the peers of the topics.
	mendPeriod = 5 * time.Second
	// deafFor is for how long a member may be in no topic: opening streams and announcing topics takes a few deliveries.
	deafFor = 15 * time.Second
)

// mend disconnects members that speak gossipsub and are in no topic for a while; the dialling brings them back. A cut that
// one side notices before the other leaves such connections behind: when gossipsub's stream to a peer breaks it forgets
// the peer's topics, and a peer whose own stream is whole has no reason to announce them again; and it gives up a peer
// after one stream that could not be opened, or four that broke.
func (n *Network) mend(ctx context.Context) error {
	if len(n.topics) == 0 {
		return nil
	}
	ticker := time.NewTicker(mendPeriod)
	defer ticker.Stop()
	deaf := make(map[peer.ID]time.Time) // since when; at most the members
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-ticker.C:
			deaf = n.disconnectDeaf(ctx, deaf, now)
		}
	}
}

// disconnectDeaf returns who is deaf now, and since when.
func (n *Network) disconnectDeaf(ctx context.Context, before map[peer.ID]time.Time, now time.Time) map[peer.ID]time.Time {
	heard := make(map[peer.ID]bool)
	for _, t := range n.topics {
		for _, id := range t.PeerIDs() {
			heard[id] = true
		}
	}
	deaf := make(map[peer.ID]time.Time)
	for _, m := range n.book.members() {
		if heard[m.ID] || !n.gossips(m.ID) {
			continue
		}
		since, known := before[m.ID]
		switch {
		case !known:
			deaf[m.ID] = now
		case now.Sub(since) < deafFor:
			deaf[m.ID] = since
		default:
			n.log.DebugContext(ctx, "peer is connected but lost to gossip: connecting anew", "peer", m.ID)
			n.disconnect(ctx, m.ID)
		}
	}
	return deaf
}

// gossips tells whether an identified peer speaks this network's gossipsub; a bootstrap node does not.
func (n *Network) gossips(id peer.ID) bool { return n.speaks(id, n.mesh) }
