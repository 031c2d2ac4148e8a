package node

import (
	"sync"

	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/gossip-price/gossip-price/consensus/signing"
)

// neighbours remembers which addresses peer IDs stand for: to find out takes a decompression. It is safe for concurrent use.
type neighbours struct {
	mu    sync.Mutex
	known map[peer.ID]signing.Address // of those that were asked for last; replaced, never written
}

// of returns the addresses of peers; one whose ID stands for none is not in it. The map is not to be written.
func (b *neighbours) of(ids []peer.ID) map[peer.ID]signing.Address {
	b.mu.Lock()
	defer b.mu.Unlock()
	addresses := make(map[peer.ID]signing.Address, len(ids))
	for _, id := range ids {
		a, known := b.known[id]
		if !known {
			var err error
			if a, err = peerAddress(id); err != nil {
				continue
			}
		}
		addresses[id] = a
	}
	b.known = addresses
	return addresses
}

// neighbours returns the peers of the prices topic by ID with the addresses that they stand for. The map is not to be written.
func (n *Node) neighbours() map[peer.ID]signing.Address { return n.around.of(n.topic.PeerIDs()) }
