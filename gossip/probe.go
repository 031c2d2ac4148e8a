package gossip

import (
	"context"
	"fmt"
	"strings"

	"github.com/libp2p/go-libp2p/core/event"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	"github.com/multiformats/go-multiaddr"

	"github.com/gossip-price/gossip-price/global"
)

// Probe connects the host to a peer once, and returns this host's address as the peer sees it; nil where it does not tell. The
// error says why the peer is no help for joining the network of that name: it is not reached, is another one than its peer ID
// says, has another network key, does not let this host in, or serves another network. ctx bounds it.
func Probe(ctx context.Context, h host.Host, info peer.AddrInfo, name string) (multiaddr.Multiaddr, error) {
	told, err := h.EventBus().Subscribe([]any{
		new(event.EvtPeerIdentificationCompleted), new(event.EvtPeerIdentificationFailed),
	})
	if err != nil {
		return nil, fmt.Errorf("probe peer: %w", err)
	}
	defer func() { _ = told.Close() }()
	if err := h.Connect(network.WithForceDirectDial(ctx, "probe"), info); err != nil {
		return nil, fmt.Errorf("connect: %w", hintKey(err))
	}
	observed, err := identified(ctx, told, info.ID)
	if err != nil {
		return nil, fmt.Errorf("identify: %w", err)
	}
	mark := protocol.ID(global.DHTPrefix(name)) + kadSuffix
	if spoken, err := h.Peerstore().SupportsProtocols(info.ID, mark); err != nil || len(spoken) == 0 {
		return observed, errForeign
	}
	return observed, nil
}

// identified waits until the peer has told who it is. One that lets nobody in closes the connection instead.
func identified(ctx context.Context, told event.Subscription, id peer.ID) (multiaddr.Multiaddr, error) {
	for {
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: %w", errDropped, ctx.Err())
		case e := <-told.Out():
			switch e := e.(type) {
			case event.EvtPeerIdentificationCompleted:
				if e.Peer == id {
					return e.ObservedAddr, nil
				}
			case event.EvtPeerIdentificationFailed:
				if e.Peer == id {
					return nil, fmt.Errorf("%w: %w", errDropped, e.Reason)
				}
			}
		}
	}
}

// hintKey names the likely cause of a handshake that fails at its beginning.
func hintKey(err error) error {
	if strings.Contains(err.Error(), "negotiate security protocol") { // the library has no sentinel for it
		return fmt.Errorf("%w; have both sides the same network key?", err)
	}
	return err
}
