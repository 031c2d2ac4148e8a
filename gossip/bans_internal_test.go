package gossip

import (
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
)

func TestBansEndAndAreBounded(t *testing.T) {
	t.Parallel()
	b := newBans()
	for i := range maxBans + 10 {
		b.add(someone(i).ID, epoch().Add(time.Duration(i)*time.Millisecond))
	}
	now := epoch().Add(time.Minute)
	if n := b.count(now); n != maxBans {
		t.Errorf("%d bans", n)
	}
	if b.has(someone(9).ID, now) || !b.has(someone(10).ID, now) {
		t.Error("it was not the oldest that went")
	}
	last := someone(maxBans + 9).ID
	end, ok := b.until(last, now)
	if want := epoch().Add((maxBans+9)*time.Millisecond + banTime); !ok || !end.Equal(want) {
		t.Errorf("ends at %v, want %v", end, want)
	}
	if b.has(last, end) {
		t.Error("banned after the end")
	}
	if n := b.count(end); n != 0 {
		t.Errorf("%d bans after all have ended", n)
	}
}

func TestPostponedPeerIsNotDialled(t *testing.T) {
	t.Parallel()
	b := newBook()
	b.add(someone(1), anchor)
	info, _, ok := b.next(epoch())
	if !ok {
		t.Fatal("nobody to dial")
	}
	end := epoch().Add(banTime)
	b.postpone(info.ID, end)
	if _, pause, ok := b.next(end.Add(-time.Second)); ok || pause != time.Second {
		t.Errorf("dialled %v, else in %v", ok, pause)
	}
	if _, _, ok := b.next(end); !ok {
		t.Error("not dialled after the ban")
	}
}

func TestGateKeepsBannedPeersOut(t *testing.T) {
	t.Parallel()
	g := gater{bans: newBans()}
	key, err := IdentityKey([32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	id, err := peer.IDFromPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	if !g.InterceptPeerDial(id) || !g.InterceptSecured(0, id, nil) {
		t.Fatal("a stranger is kept out of an open network")
	}
	g.bans.add(id, time.Now())
	if g.InterceptPeerDial(id) || g.InterceptSecured(0, id, nil) {
		t.Error("a banned peer is let in")
	}
	if bansOf(gatedHost{bans: g.bans}) != g.bans || bansOf(nil) == nil {
		t.Error("a host's bans are lost")
	}
}
