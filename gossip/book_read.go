package gossip

import (
	"slices"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
)

const (
	// wantedPeers is the number of members below which a node dials whom its walks find: ten times what gossip needs,
	// so that random choices make one connected graph.
	wantedPeers = 64
	// roomForKept is the number of members below which a node dials whom it has lost: what a cut took away comes back,
	// but a node that the connection manager has trimmed does not start over at once.
	roomForKept = defaultMaxPeers * 3 / 4
)

// wanted tells whether a peer of that origin is to be dialled at all when so many members are connected.
func (o origin) wanted(members int) bool {
	switch o {
	case anchor:
		return true
	case kept:
		return members < roomForKept
	default:
		return members < wantedPeers
	}
}

// next takes the absent peer that is due, anchors first and then the one due longest, and marks it as being dialled.
// Without one it returns how long to wait for it, at most lastRetry.
func (b *book) next(now time.Time) (peer.AddrInfo, time.Duration, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var best *page
	var info peer.AddrInfo
	pause := lastRetry
	for id, p := range b.pages {
		if p.dialing || !p.joined.IsZero() || !p.origin.wanted(b.here) {
			continue
		}
		if wait := p.due.Sub(now); wait > 0 {
			pause = min(pause, wait)
			continue
		}
		if best == nil || p.before(best) {
			best, info = p, peer.AddrInfo{ID: id, Addrs: slices.Clone(p.addrs)}
		}
	}
	if best == nil {
		return peer.AddrInfo{}, pause, false
	}
	best.dialing = true
	return info, 0, true
}

func (p *page) before(q *page) bool {
	if (p.origin == anchor) != (q.origin == anchor) {
		return p.origin == anchor
	}
	return p.due.Before(q.due)
}

// members returns the connected members, with at most maxAddrs addresses each.
func (b *book) members() []peer.AddrInfo {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := make([]peer.AddrInfo, 0, b.here)
	for id, p := range b.pages {
		if !p.joined.IsZero() {
			out = append(out, peer.AddrInfo{ID: id, Addrs: slices.Clone(p.addrs)})
		}
	}
	return out
}

// count returns the number of connected members.
func (b *book) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.here
}
