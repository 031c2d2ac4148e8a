package gossip

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/libp2p/go-libp2p/core/event"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/p2p/host/eventbus"
)

const (
	// eventQueue buffers the host's events; the host waits when it is full.
	eventQueue = 256
	// maxProtected bounds the members whose connections are never trimmed.
	maxProtected = 32
	// protection is the connection manager's tag of those.
	protection = "gossip-price"
)

// watch keeps the book and the protections in step with the host's events.
func (n *Network) watch(ctx context.Context) error {
	sub, err := n.host.EventBus().Subscribe([]any{
		new(event.EvtPeerIdentificationCompleted),
		new(event.EvtPeerProtocolsUpdated),
		new(event.EvtPeerConnectednessChanged),
	}, eventbus.BufSize(eventQueue), eventbus.Name("gossip"))
	if err != nil {
		return fmt.Errorf("watch peers: %w", err)
	}
	defer sub.Close()
	guard := &guard{manager: n.host.ConnManager(), held: make(map[peer.ID]struct{})}
	defer guard.release()
	for _, id := range n.host.Network().Peers() {
		n.met(ctx, id, guard)
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case e, ok := <-sub.Out():
			if !ok {
				return errors.New("watch peers: the host is closed")
			}
			switch e := e.(type) {
			case event.EvtPeerIdentificationCompleted:
				n.met(ctx, e.Peer, guard)
			case event.EvtPeerProtocolsUpdated:
				n.met(ctx, e.Peer, guard)
			case event.EvtPeerConnectednessChanged:
				n.changed(ctx, e.Peer, guard)
			}
		}
	}
}

// met takes in a peer that is connected, identified and a member.
func (n *Network) met(ctx context.Context, id peer.ID, guard *guard) {
	// Events of several sources can cross: only the present state counts.
	if n.host.Network().Connectedness(id) != network.Connected {
		return
	}
	if n.bans.has(id, time.Now()) { // it slipped in beside the cut
		n.disconnect(ctx, id)
		return
	}
	if !n.isMember(id) {
		return
	}
	fresh, isAnchor := n.book.join(peer.AddrInfo{ID: id, Addrs: n.host.Peerstore().Addrs(id)}, time.Now())
	if !fresh {
		return
	}
	guard.protect(id)
	if isAnchor {
		n.log.InfoContext(ctx, "bootstrap reached", "bootstrap", id)
	} else {
		n.log.DebugContext(ctx, "peer connected", "peer", id)
	}
	if n.book.count() < wantedPeers {
		wake(n.walks)
	}
}

// changed lets a peer go that is no longer connected.
func (n *Network) changed(ctx context.Context, id peer.ID, guard *guard) {
	if n.host.Network().Connectedness(id) == network.Connected {
		return
	}
	was, isAnchor := n.book.leave(id, time.Now())
	if !was {
		return
	}
	guard.unprotect(id)
	for _, other := range n.book.members() {
		guard.protect(other.ID)
	}
	if isAnchor {
		n.log.InfoContext(ctx, "bootstrap lost", "bootstrap", id)
	} else {
		n.log.DebugContext(ctx, "peer disconnected", "peer", id)
	}
	wake(n.redial)
}
