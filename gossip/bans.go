package gossip

import (
	"sync"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
)

const (
	// banTime is how long a peer that was cut is kept out.
	banTime = 10 * time.Minute
	// maxBans bounds the peers kept out at once; the oldest ban gives way. In an open network everybody can have any
	// number of identities, and a ban is worth no more than the handshake that a new one costs.
	maxBans = 1024
)

// bans are the peers that are kept out for a time. The host's gate reads them, the network writes them.
type bans struct {
	mu   sync.Mutex
	ends map[peer.ID]time.Time
}

func newBans() *bans { return &bans{ends: make(map[peer.ID]time.Time)} }

func (b *bans) add(id peer.ID, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ends[id] = now.Add(banTime)
	if len(b.ends) <= maxBans {
		return
	}
	oldest := id
	for other, end := range b.ends {
		if end.Before(b.ends[oldest]) {
			oldest = other
		}
	}
	delete(b.ends, oldest)
}

// until returns when a peer's ban ends.
func (b *bans) until(id peer.ID, now time.Time) (time.Time, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	end, ok := b.ends[id]
	if ok && !now.Before(end) {
		delete(b.ends, id)
		return time.Time{}, false
	}
	return end, ok
}

func (b *bans) has(id peer.ID, now time.Time) bool {
	_, ok := b.until(id, now)
	return ok
}

// count drops the bans that are over and returns how many there are.
func (b *bans) count(now time.Time) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	for id, end := range b.ends {
		if !now.Before(end) {
			delete(b.ends, id)
		}
	}
	return len(b.ends)
}

// gatedHost carries the bans from NewHost, whose gate reads them, to New.
type gatedHost struct {
	host.Host
	bans *bans
}

// bansOf returns the bans of a host's gate. A host that NewHost did not make has no such gate: banned peers are
// disconnected again as soon as they are identified, and what they send is not read.
func bansOf(h host.Host) *bans {
	if g, ok := h.(gatedHost); ok {
		return g.bans
	}
	return newBans()
}
