package gossip

import (
	"slices"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/multiformats/go-multiaddr"
)

const (
	// maxRemembered bounds the peers that are remembered and dialled again.
	maxRemembered = 1024

	// firstRetry and lastRetry are the shortest and the longest pause before a peer is dialled again, give or take
	// retryJitter; it doubles in between.
	firstRetry  = time.Second
	lastRetry   = 30 * time.Second
	retryJitter = 0.3

	// steady is how long a connection must have held for the pauses to start over: a peer that accepts and then drops
	// us is a failing one.
	steady = lastRetry
)

// origin says why a peer is remembered, and so how stubbornly it is dialled.
type origin int

const (
	found  origin = iota // a walk met it; dropped again if it can't be reached
	kept                 // was connected, now or in an earlier run; dialled for ever
	anchor               // a configured bootstrap node; dialled for ever, first
)

// page is what the book holds of one peer.
type page struct {
	addrs   []multiaddr.Multiaddr
	origin  origin
	retry   *backoff.ExponentialBackOff
	tries   int       // failed dials in a row
	due     time.Time // not dialled before
	dialing bool
	joined  time.Time // a connected member since then; zero if it is not
	missed  time.Time // the first of the failed dials in a row; zero if there is none
}

// book remembers peers. It does no I/O and reads no clock: now comes in.
type book struct {
	mu    sync.Mutex // guards all below
	pages map[peer.ID]*page
	here  int       // pages with joined set
	rally time.Time // the last one
}

func newBook() *book { return &book{pages: make(map[peer.ID]*page)} }

// add remembers a peer, or its new addresses. It is refused, with false, when the book is full of peers that are
// connected or configured.
func (b *book) add(info peer.AddrInfo, from origin) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.write(info, from) != nil
}

// write is add with the lock held.
func (b *book) write(info peer.AddrInfo, from origin) *page {
	p, ok := b.pages[info.ID]
	if !ok {
		if len(b.pages) >= maxRemembered && !b.evict() {
			return nil
		}
		p = &page{retry: &backoff.ExponentialBackOff{
			InitialInterval: firstRetry, MaxInterval: lastRetry, Multiplier: 2, RandomizationFactor: retryJitter,
		}}
		b.pages[info.ID] = p
	}
	switch {
	case from == anchor:
		p.addrs = bounded(slices.Concat(p.addrs, info.Addrs)) // one node may be listed at several addresses
	case p.origin < anchor && len(info.Addrs) > 0:
		// What a peer says of itself now replaces what was remembered; the configured addresses of a bootstrap node
		// stay.
		p.addrs = bounded(info.Addrs)
	}
	p.origin = max(p.origin, from)
	return p
}

// evict makes room: the absent peer that failed most often goes.
func (b *book) evict() bool {
	var worst peer.ID
	tries := -1
	for id, p := range b.pages {
		if p.origin < anchor && p.joined.IsZero() && !p.dialing && p.tries > tries {
			worst, tries = id, p.tries
		}
	}
	delete(b.pages, worst)
	return tries >= 0
}

// join notes that a peer is a connected member. It tells whether that is news, which it never is when the book is full,
// and whether the peer is an anchor.
func (b *book) join(info peer.AddrInfo, now time.Time) (fresh, isAnchor bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.write(info, kept)
	if p == nil {
		return false, false
	}
	fresh = p.joined.IsZero()
	if fresh {
		if p.tries > 0 {
			b.rallyAll(now)
		}
		p.joined, p.missed = now, time.Time{}
		p.tries = 0
		b.here++
	}
	return fresh, p.origin == anchor
}

// leave notes that a member is gone and sets when to dial it. It tells whether the peer was a member and whether it is
// an anchor.
func (b *book) leave(id peer.ID, now time.Time) (was, isAnchor bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p, ok := b.pages[id]
	if !ok || p.joined.IsZero() {
		return false, false
	}
	if now.Sub(p.joined) >= steady {
		p.retry.Reset()
	}
	p.joined = time.Time{}
	p.due = now.Add(p.retry.NextBackOff())
	b.here--
	return true, p.origin == anchor
}

// failed notes a dial that made no member of a peer. A peer that only a walk has seen is dropped. It returns the failed
// dials in a row, the pause before the next one, and whether the peer is an anchor.
func (b *book) failed(id peer.ID, now time.Time) (tries int, pause time.Duration, isAnchor bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p, ok := b.pages[id]
	if !ok {
		return 0, 0, false
	}
	p.dialing = false
	if p.origin == found {
		delete(b.pages, id)
		return 1, 0, false
	}
	if p.tries++; p.tries == 1 {
		p.missed = now
	}
	pause = p.retry.NextBackOff()
	p.due = now.Add(pause)
	return p.tries, pause, p.origin == anchor
}

// reached ends the dial of a peer that became a member. The event that makes it join is on its way: until then it is
// not dialled again.
func (b *book) reached(id peer.ID, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if p, ok := b.pages[id]; ok {
		p.dialing = false
		p.due = now.Add(firstRetry)
	}
}

// postpone ends a dial that may not be made before a time.
func (b *book) postpone(id peer.ID, until time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if p, ok := b.pages[id]; ok {
		p.dialing = false
		p.due = until
	}
}

// forget drops a peer that is no member, unless it is configured.
func (b *book) forget(id peer.ID) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	p, ok := b.pages[id]
	if !ok || p.origin == anchor || !p.joined.IsZero() {
		return false
	}
	delete(b.pages, id)
	return true
}
