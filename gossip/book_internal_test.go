package gossip

import (
	"fmt"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/multiformats/go-multiaddr"
	"pgregory.net/rapid"
)

func epoch() time.Time { return time.Unix(1_700_000_000, 0) }

func someone(i int) peer.AddrInfo {
	a := multiaddr.StringCast(fmt.Sprintf("/ip4/10.0.%d.%d/tcp/8000", i/256, i%256))
	return peer.AddrInfo{ID: peer.ID(fmt.Sprint("peer", i)), Addrs: []multiaddr.Multiaddr{a}}
}

func TestRetriesGrowToTheirCap(t *testing.T) {
	t.Parallel()
	b, now := newBook(), epoch()
	b.add(someone(0), anchor)
	for try := 1; try < 200; try++ {
		info, _, ok := b.next(now)
		if !ok {
			t.Fatalf("try %d: nobody is due", try)
		}
		if _, _, again := b.next(now); again {
			t.Fatal("dialled twice at once")
		}
		tries, pause, isAnchor := b.failed(info.ID, now)
		if tries != try || !isAnchor {
			t.Fatalf("try %d: told %d, anchor %v", try, tries, isAnchor)
		}
		want := float64(min(firstRetry<<min(try-1, 10), lastRetry))
		if p := float64(pause); p < want*(1-retryJitter)-1 || p > want*(1+retryJitter)+1 {
			t.Fatalf("try %d: pause %v, want about %v", try, pause, time.Duration(want))
		}
		if _, wait, early := b.next(now.Add(pause - 1)); early || wait > lastRetry {
			t.Fatalf("try %d: dialled too early or asked to wait %v", try, wait)
		}
		now = now.Add(pause)
	}
}

func TestDroppedPeerKeepsItsPause(t *testing.T) {
	t.Parallel()
	b, now, id := newBook(), epoch(), someone(0).ID
	b.add(someone(0), kept)
	for range 10 { // lets it in, drops it at once
		b.join(someone(0), now)
		b.leave(id, now.Add(time.Second))
	}
	if _, _, due := b.next(now.Add(10 * time.Second)); due {
		t.Error("a peer that drops us at once is dialled within 10 s")
	}
	b.join(someone(0), now)
	now = now.Add(steady)
	b.leave(id, now)
	if _, _, due := b.next(now.Add(2 * firstRetry)); !due {
		t.Error("a peer that was lost after a steady connection is not dialled at once")
	}
}

func TestAnchorsComeFirst(t *testing.T) {
	t.Parallel()
	b := newBook()
	for i := range 50 {
		b.add(someone(i), kept)
	}
	b.add(someone(50), anchor)
	if info, _, ok := b.next(epoch()); !ok || info.ID != someone(50).ID {
		t.Errorf("first is %s", info.ID)
	}
}

func TestWhomACrowdedNodeDials(t *testing.T) {
	t.Parallel()
	for members, want := range map[int]map[origin]bool{
		0:               {found: true, kept: true, anchor: true},
		wantedPeers - 1: {found: true, kept: true, anchor: true},
		wantedPeers:     {found: false, kept: true, anchor: true},
		roomForKept:     {found: false, kept: false, anchor: true},
	} {
		b := newBook()
		for i := range members {
			b.join(someone(i), epoch())
		}
		for from, dialled := range want {
			who := someone(members + int(from))
			b.add(who, from)
			info, _, ok := b.next(epoch())
			if ok != dialled {
				t.Errorf("%d members, origin %d: dialled %v, want %v", members, from, ok, dialled)
			}
			if ok {
				b.reached(info.ID, epoch())
			}
			delete(b.pages, who.ID)
		}
	}
}

func TestFoundPeerIsDroppedAndKeptOneIsNot(t *testing.T) {
	t.Parallel()
	b := newBook()
	b.add(someone(0), found)
	b.failed(someone(0).ID, epoch())
	b.add(someone(1), kept)
	b.failed(someone(1).ID, epoch())
	b.add(someone(2), anchor)
	if b.forget(someone(2).ID) {
		t.Error("a configured bootstrap node was forgotten")
	}
	if len(b.pages) != 2 || !b.forget(someone(1).ID) || len(b.pages) != 1 {
		t.Errorf("%d pages left", len(b.pages))
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	b := newBook()
	addrs := func(from, to int) (out []multiaddr.Multiaddr) {
		for i := from; i < to; i++ {
			out = append(out, someone(i).Addrs[0], someone(i).Addrs[0])
		}
		return out
	}
	b.add(peer.AddrInfo{ID: "a", Addrs: addrs(0, 1)}, anchor)
	b.add(peer.AddrInfo{ID: "a", Addrs: addrs(1, 2)}, anchor)
	b.join(peer.AddrInfo{ID: "a", Addrs: addrs(5, 6)}, epoch())
	b.add(peer.AddrInfo{ID: "k", Addrs: addrs(0, 1)}, kept)
	b.join(peer.AddrInfo{ID: "k", Addrs: addrs(10, 30)}, epoch())
	b.join(peer.AddrInfo{ID: "k"}, epoch())
	if got := fmt.Sprint(b.pages["a"].addrs); got != "[/ip4/10.0.0.0/tcp/8000 /ip4/10.0.0.1/tcp/8000]" {
		t.Errorf("a bootstrap node at %s, want those configured", got)
	}
	got := b.pages["k"].addrs
	if len(got) != maxAddrs || !got[0].Equal(someone(10).Addrs[0]) {
		t.Errorf("a peer at %v, want the first %d it announced", got, maxAddrs)
	}
}

// TestBookStaysBounded does anything in any order.
func TestBookStaysBounded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b, now := newBook(), epoch()
		b.add(someone(0), anchor)
		for i := range maxRemembered { // nearly full from the start
			b.add(someone(i), kept)
		}
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			who := someone(rapid.IntRange(0, 2*maxRemembered).Draw(t, "who"))
			now = now.Add(time.Second)
			switch rapid.IntRange(0, 5).Draw(t, "what") {
			case 0:
				b.add(who, found)
			case 1:
				b.join(who, now)
			case 2:
				b.leave(who.ID, now)
			case 3:
				b.failed(who.ID, now)
			case 4:
				b.forget(who.ID)
			case 5:
				if info, pause, ok := b.next(now); ok && info.ID == "" || pause > lastRetry {
					t.Fatalf("next is %v in %v", info, pause)
				}
			}
		}
		here := 0
		for _, p := range b.pages {
			if !p.joined.IsZero() {
				here++
			}
		}
		if len(b.pages) > maxRemembered || here != b.count() || len(b.members()) != here {
			t.Fatalf("%d pages, %d here, counted %d", len(b.pages), here, b.count())
		}
		if _, ok := b.pages[someone(0).ID]; !ok {
			t.Fatal("the bootstrap node is gone")
		}
	})
}

func TestBookFullOfMembersTakesNoMore(t *testing.T) {
	t.Parallel()
	b := newBook()
	for i := range maxRemembered {
		if fresh, _ := b.join(someone(i), epoch()); !fresh {
			t.Fatalf("member %d is no news", i)
		}
	}
	if fresh, _ := b.join(someone(maxRemembered), epoch()); fresh || b.add(someone(maxRemembered), kept) {
		t.Error("one more was taken in")
	}
	b.leave(someone(7).ID, epoch())
	if !b.add(someone(maxRemembered), found) {
		t.Error("an absent peer did not make room")
	}
}
