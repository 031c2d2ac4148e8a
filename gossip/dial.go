package gossip

import (
	"context"
	"errors"
	"math/bits"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	"github.com/libp2p/go-libp2p/p2p/net/swarm"
	"golang.org/x/sync/errgroup"
)

const (
	// maxDials bounds the dials under way at once.
	maxDials = 16
	// dialTimeout ends a dial, identification included.
	dialTimeout = 10 * time.Second
)

// Why a connection made no member of a peer.
var (
	errDropped = errors.New("the peer closed the connection: it may not let this node in")
	errForeign = errors.New("the peer does not serve this network")
)

// dialAbsent dials, for ever, the remembered peers that are not connected.
func (n *Network) dialAbsent(ctx context.Context) error {
	var g errgroup.Group
	g.SetLimit(maxDials)
	defer g.Wait() //nolint:errcheck // dials return no error
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-n.redial:
		case <-timer.C:
		}
		for ctx.Err() == nil {
			info, pause, ok := n.book.next(time.Now())
			if !ok {
				timer.Reset(pause)
				break
			}
			// A bootstrap node waits at most one dial for its turn: next puts it first.
			g.Go(func() error {
				n.dial(ctx, info)
				wake(n.redial)
				return nil
			})
		}
	}
}

// dial connects to one peer and tells the book how it went.
func (n *Network) dial(ctx context.Context, info peer.AddrInfo) {
	if end, banned := n.bans.until(info.ID, time.Now()); banned {
		n.book.postpone(info.ID, end)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	// The host's own backoff, up to five minutes, gives way to the book's.
	err := n.host.Connect(network.WithForceDirectDial(ctx, "redial"), info)
	switch {
	case errors.Is(err, swarm.ErrGaterDisallowedConnection) && n.book.forget(info.ID):
		n.log.DebugContext(ctx, "peer forgotten: no member", "peer", info.ID)
		return
	case err != nil:
	// A dialler that was refused gets no error: the connection just ends.
	case n.host.Network().Connectedness(info.ID) != network.Connected:
		err = errDropped
	case !n.isMember(info.ID):
		err = errForeign
	default:
		n.book.reached(info.ID, time.Now())
		return
	}
	n.dialFailed(ctx, info.ID, err)
}

// dialFailed warns about a bootstrap node at the 1st, 2nd, 4th, 8th .. failure.
func (n *Network) dialFailed(ctx context.Context, id peer.ID, err error) {
	tries, pause, isAnchor := n.book.failed(id, time.Now())
	pause = pause.Round(100 * time.Millisecond)
	if ctx.Err() == context.Canceled {
		return
	}
	err = hintKey(err)
	if isAnchor && bits.OnesCount(uint(tries)) == 1 {
		n.log.WarnContext(ctx, "bootstrap unreachable, trying again",
			"in", pause, "bootstrap", id, "tries", tries, "err", err)
		return
	}
	n.log.DebugContext(ctx, "peer unreachable, trying again", "peer", id, "in", pause, "tries", tries, "err", err)
}

// isMember tells whether an identified peer speaks this network's DHT or, without discovery, its gossip.
func (n *Network) isMember(id peer.ID) bool { return n.speaks(id, n.mark) }

func (n *Network) speaks(id peer.ID, p protocol.ID) bool {
	spoken, err := n.host.Peerstore().SupportsProtocols(id, p)
	return err == nil && len(spoken) > 0
}
