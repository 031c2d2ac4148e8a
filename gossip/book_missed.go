package gossip

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
)

const (
	// missedFor is how long a peer may be away in one run and still be handed on to the next.
	missedFor = 7 * 24 * time.Hour

	// rallyGap is the shortest time between two rallies, and rallySpread within what time the dials of one are made:
	// a network that heals must not be hit by all of them in one moment.
	rallyGap    = 5 * time.Second
	rallySpread = time.Second
)

// rallyAll has everybody who is missed dialled soon: a peer is back that could not be reached, so the network may have
// healed. It is no more than every rallyGap, so that one that comes and goes makes no more dials than that.
func (b *book) rallyAll(now time.Time) {
	if now.Sub(b.rally) < rallyGap {
		return
	}
	b.rally = now
	for _, p := range b.pages {
		if !p.joined.IsZero() || p.tries == 0 {
			continue
		}
		p.retry.Reset()
		if soon := now.Add(rand.N(rallySpread)); p.due.After(soon) {
			p.due = soon
		}
	}
}

// known returns the connected members and, after them, the peers that are missed and dialled again: all that the next run
// has to know, with at most maxAddrs addresses each.
func (b *book) known(now time.Time) []peer.AddrInfo {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out, missed []peer.AddrInfo
	for id, p := range b.pages {
		info := peer.AddrInfo{ID: id, Addrs: slices.Clone(p.addrs)}
		switch {
		case !p.joined.IsZero():
			out = append(out, info)
		case p.origin >= kept && (p.missed.IsZero() || now.Sub(p.missed) < missedFor):
			missed = append(missed, info)
		}
	}
	return append(out, missed...)
}
