package gossip

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"
	dht "github.com/libp2p/go-libp2p-kad-dht"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"

	"github.com/gossip-price/gossip-price/global"
)

const (
	// kadSuffix is what the DHT appends to its prefix (libp2p kad-dht specification); who speaks it is a member of the
	// network.
	kadSuffix = "/kad/1.0.0"

	// walkGap is the shortest pause between two walks: time for the peer that was just met to enter the routing table.
	walkGap = 500 * time.Millisecond
	// firstWalk and lastWalk are the pauses between walks when nothing changes.
	firstWalk = time.Second
	lastWalk  = time.Minute
	// walkTimeout ends a walk among peers that don't answer.
	walkTimeout = 20 * time.Second
)

// newTable serves the DHT of one network. It stores nothing: it is a phone book of its own members. Rendezvous records
// would have to be written again after each restart of a bootstrap node; a routing table fills itself.
func newTable(h host.Host, prefix protocol.ID) (*dht.IpfsDHT, error) {
	t, err := dht.New(h,
		dht.ProtocolPrefix(prefix),
		dht.Mode(dht.ModeServer),
		dht.DisableProviders(),
		dht.DisableValues(),
	)
	if err != nil {
		return nil, fmt.Errorf("start DHT: %w", err)
	}
	return t, nil
}

// serveTable joins the network's DHT, unless the peers are all known.
func (n *Network) serveTable(prefix protocol.ID, static bool) error {
	if static {
		return nil
	}
	table, err := newTable(n.host, prefix)
	if err != nil {
		return err
	}
	n.table, n.mark = table, prefix+kadSuffix
	return nil
}

// walk looks up random keys, often while members keep coming and ever more rarely later. The lookup itself connects to
// whom it asks; the few that it only hears of are dialled.
func (n *Network) walk(ctx context.Context) error {
	pause := &backoff.ExponentialBackOff{
		InitialInterval: firstWalk, MaxInterval: lastWalk, Multiplier: 2, RandomizationFactor: retryJitter,
	}
	timer := time.NewTimer(pause.NextBackOff())
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-n.walks:
			pause.Reset()
			if !global.Wait(ctx, walkGap) {
				return nil
			}
		case <-timer.C:
		}
		if members := n.book.count(); members > 0 && members < wantedPeers {
			n.lookup(ctx)
		}
		timer.Reset(pause.NextBackOff())
	}
}

// lookup remembers the members closest to a random key.
func (n *Network) lookup(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, walkTimeout)
	defer cancel()
	ids, err := n.table.GetClosestPeers(ctx, rand.Text())
	if err != nil {
		n.log.DebugContext(ctx, "walk ended early", "err", err)
	}
	for _, id := range ids { // at most 20, the DHT's bucket size
		if id != n.host.ID() {
			n.book.add(peer.AddrInfo{ID: id, Addrs: n.host.Peerstore().Addrs(id)}, found)
		}
	}
	wake(n.redial)
}
