package node

import (
	"context"
	"fmt"

	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/gossip-price/gossip-price/consensus/archive"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/gossip"
)

func (n *Node) syncProtocol() string { return global.SyncProtocol(n.cfg.Network) }

// desk returns the protocol by which others ask this node.
func (n *Node) desk() gossip.ServeConfig {
	return gossip.ServeConfig{
		Protocol: n.syncProtocol(), MaxRequest: archive.MaxRequestBytes, MaxResponse: archive.MaxResponseBytes,
		Handler: n.respond,
	}
}

// respond answers a peer that asks what it has missed.
func (n *Node) respond(ctx context.Context, _ peer.ID, data []byte) ([]byte, error) {
	r, err := archive.DecodeRequest(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", gossip.ErrBadRequest, err)
	}
	var response archive.Response
	switch {
	case r.Live:
		response.Reports = n.live()
	case len(r.IDs) > 0:
		response.Reports, err = n.archived(ctx, r)
	default:
		response, err = n.tree.Answer(r)
	}
	if err != nil {
		return nil, err
	}
	return response.Encode(), nil
}

// archived returns the certificates that are asked for. What was damaged on the disk is held no more, so that it is fetched
// from others.
func (n *Node) archived(ctx context.Context, r archive.Request) ([][]byte, error) {
	reports, lost, err := n.journal.Reports(ctx, r.IDs, archive.MaxResponseBytes)
	for _, a := range lost {
		n.tree.Remove(archive.Entry(a))
		n.log.Warn("certificate of the archive is damaged, and is fetched from others again", "id", a.ID.Short())
	}
	for _, report := range reports {
		if len(report) > 0 {
			n.meters.served.Inc()
		}
	}
	return reports, err
}
