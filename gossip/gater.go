package gossip

import (
	"time"

	"github.com/libp2p/go-libp2p/core/control"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/multiformats/go-multiaddr"
)

// gater refuses connections with peers that are not members, or are kept out for a time (docs/protocol.md, section 4).
// An identity counts only once the security handshake has proven it.
type gater struct {
	allow func(peer.ID) bool // nil lets every secp256k1 identity in
	bans  *bans
}

func (g gater) member(id peer.ID) bool {
	if g.bans.has(id, time.Now()) {
		return false
	}
	if _, err := PublicKey(id); err != nil {
		return false
	}
	return g.allow == nil || g.allow(id)
}

// InterceptPeerDial keeps the host from dialling such a peer, whoever asks for it: the DHT dials peers that others told
// it about.
func (g gater) InterceptPeerDial(id peer.ID) bool { return g.member(id) }

// InterceptAddrDial lets every address of a member be dialled.
func (gater) InterceptAddrDial(peer.ID, multiaddr.Multiaddr) bool { return true }

// InterceptAccept lets the handshake begin: nobody has a name yet.
func (gater) InterceptAccept(network.ConnMultiaddrs) bool { return true }

// InterceptSecured closes the connection of such a peer as soon as its identity is proven, before any protocol is
// spoken.
func (g gater) InterceptSecured(_ network.Direction, id peer.ID, _ network.ConnMultiaddrs) bool {
	return g.member(id)
}

// InterceptUpgraded has nothing to add to InterceptSecured.
func (gater) InterceptUpgraded(network.Conn) (bool, control.DisconnectReason) { return true, 0 }
