package gossip

import (
	"slices"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
)

// miss has dials of a peer fail until its pause is the longest, and returns when the last one failed.
func miss(t *testing.T, b *book, i int, now time.Time) time.Time {
	t.Helper()
	for range 10 {
		_, pause, _ := b.failed(someone(i).ID, now)
		now = now.Add(pause)
	}
	return now
}

// When a peer is back that could not be reached, all others are dialled within a second; but not again with each that
// comes, and not because of a newcomer.
func TestRally(t *testing.T) {
	t.Parallel()
	due := func(b *book, now time.Time) (n int) {
		for {
			if _, _, ok := b.next(now); !ok {
				return n
			}
			n++
		}
	}
	b, now := newBook(), epoch()
	for i := range 5 {
		b.add(someone(i), kept)
		now = miss(t, b, i, now)
	}
	for i := range 5 {
		b.failed(someone(i).ID, now)
	}
	b.join(someone(9), now)
	if n := due(b, now.Add(2*rallySpread)); n != 0 {
		t.Errorf("a newcomer has %d missed peers dialled", n)
	}
	b.join(someone(0), now)
	if n := due(b, now.Add(rallySpread)); n != 4 {
		t.Errorf("%d of 4 missed peers are dialled when one is back", n)
	}
	for i := range 4 {
		if _, pause, _ := b.failed(someone(i+1).ID, now); pause > 2*firstRetry {
			t.Errorf("the next pause is %v", pause)
		}
	}
	for i := range 4 {
		now = miss(t, b, i+1, now)
	}
	for i := range 4 {
		b.failed(someone(i+1).ID, now)
	}
	b.rally = now
	b.join(someone(1), now.Add(rallyGap-rallySpread-1))
	if n := due(b, now.Add(rallyGap-1)); n != 0 {
		t.Errorf("%d dials by a second rally within %v", n, rallyGap)
	}
}

// The next run is told of who is connected and who is missed, for a week; not of who was only heard of.
func TestWhomTheNextRunKnows(t *testing.T) {
	t.Parallel()
	b, now := newBook(), epoch()
	b.add(someone(0), anchor)
	b.add(someone(1), kept)
	b.add(someone(2), found)
	b.join(someone(3), now)
	b.join(someone(4), now)
	b.leave(someone(4).ID, now)
	b.failed(someone(1).ID, now)
	for _, test := range []struct {
		after time.Duration
		want  []int
	}{{0, []int{3, 0, 1, 4}}, {missedFor - 1, []int{3, 0, 1, 4}}, {missedFor, []int{3, 0, 4}}} {
		known := b.known(now.Add(test.after))
		for _, i := range test.want {
			if !slices.ContainsFunc(known, func(info peer.AddrInfo) bool { return info.ID == someone(i).ID && len(info.Addrs) == 1 }) {
				t.Errorf("after %v: peer %d is not known", test.after, i)
			}
		}
		if len(known) != len(test.want) || known[0].ID != someone(3).ID {
			t.Errorf("after %v: %v", test.after, known)
		}
	}
}
