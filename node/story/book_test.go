package story_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// The life of a price, from its proposal to its row.
func TestStory(t *testing.T) {
	t.Parallel()
	b := newBook()
	o, id := seen(1, first, pair)
	own := dollars("2100")
	b.Silent(members(9), at(-time.Second))
	b.Signed(o, id, members(1), false, at(time.Second))
	b.Signed(o, id, members(1, 2), false, at(2*time.Second))
	b.Refused(o, id, consensus.RefusedDeviation, own, at(2500*time.Millisecond))
	told := []consensus.RefusedPrice{{ID: consensus.ShortIDOf(id), Reason: consensus.RefusedNoPrice}, {ID: consensus.ShortID{1}, Reason: consensus.RefusedBanned}}
	b.Heard(member(5), told, at(3*time.Second))
	b.Heard(member(5), told, at(18*time.Second)) // the next heartbeat says it again
	b.Signed(o, id, members(3), true, at(4*time.Second))
	b.Signed(o, id, nil, true, at(5*time.Second)) // when it is on disk

	s := tell(t, b, first, at(34*time.Second-time.Millisecond))
	if s.Complete || s.Needed != 3 || s.Members != 4 || !reflect.DeepEqual(s.Silent, members(9)) || len(s.Proposals) != 1 {
		t.Errorf("story: %+v", s)
	}
	p := s.Proposals[0]
	if p.ID != id || p.Pair != pair || p.Price != o.Price || p.FirstSigner != member(1) || !p.Verified || p.InStore || p.Writer != nil || p.Convicted {
		t.Errorf("price: %+v", p)
	}
	same(t, "seen", p.Seen, at(time.Second))
	same(t, "quorum", p.Quorum, at(4*time.Second))
	same(t, "stored", p.Stored, time.Time{})
	if len(p.Signers) != 3 || p.Signers[0].Address != member(1) || p.Signers[1].Address != member(2) || p.Signers[2].Address != member(3) {
		t.Fatalf("signers: %+v", p.Signers)
	}
	same(t, "first signer", p.Signers[0].Seen, at(time.Second))
	same(t, "second signer", p.Signers[1].Seen, at(2*time.Second))
	if len(p.Refusals) != 2 || p.Refusals[0].Address != member(4) || *p.Refusals[0].OwnPrice != own || p.Refusals[0].Reason != consensus.RefusedDeviation ||
		p.Refusals[1].Address != member(5) || p.Refusals[1].OwnPrice != nil || p.Refusals[1].Reason != consensus.RefusedNoPrice {
		t.Fatalf("refusals: %+v", p.Refusals)
	}
	same(t, "its refusal", p.Refusals[1].Seen, at(3*time.Second))

	b.Stored(id, signing.Address{}, at(40*time.Second))
	b.Stored(id, member(2), at(50*time.Second))
	s = tell(t, b, first, at(34*time.Second))
	if p := s.Proposals[0]; !s.Complete || !p.InStore || p.Writer == nil || *p.Writer != member(2) {
		t.Errorf("in the end: complete %t, %+v", s.Complete, p)
	}
	same(t, "stored", s.Proposals[0].Stored, at(40*time.Second))
}

// A round is complete once its first certificate has settled, and stays so whatever comes later.
func TestComplete(t *testing.T) {
	t.Parallel()
	b := newBook()
	o, id := seen(1, first, pair)
	b.Signed(o, id, members(1, 2, 3), true, at(0))
	for _, c := range []struct {
		signer   int
		at       time.Duration
		complete time.Duration // not a millisecond before
	}{{4, 20 * time.Second, 50 * time.Second}, {5, 49 * time.Second, 79 * time.Second}, {6, 79 * time.Second, 79 * time.Second}} {
		b.Signed(o, id, members(c.signer), false, at(c.at))
		if tell(t, b, first, at(c.complete-time.Millisecond)).Complete || !tell(t, b, first, at(c.complete)).Complete {
			t.Errorf("with a signature at %v the round is not complete at %v alone", c.at, c.complete)
		}
	}
	other, otherID := seen(2, first, pair)
	b.Signed(other, otherID, members(2, 3), false, at(100*time.Second))
	if !tell(t, b, first, at(100*time.Second)).Complete {
		t.Error("another price made the round incomplete")
	}
}

// Both prices of a proposer that signed two are in the story, and both are marked.
func TestConvicted(t *testing.T) {
	t.Parallel()
	b := newBook()
	o, id := seen(1, first, pair)
	honest, honestID := seen(2, first, pair)
	b.Signed(o, id, members(1, 3), false, at(time.Second))
	b.Signed(honest, honestID, members(2), false, at(time.Second))
	second := o
	second.Price = dollars("3000")
	b.Convicted(o, second, domain(), at(2*time.Second))
	s := tell(t, b, first, at(time.Minute))
	if len(s.Proposals) != 3 {
		t.Fatalf("%d prices", len(s.Proposals))
	}
	for i, want := range []bool{true, false, true} {
		if p := s.Proposals[i]; p.Convicted != want || p.Signers[0].Address != p.FirstSigner {
			t.Errorf("price %d: %+v", i, p)
		}
	}
	same(t, "the second one", s.Proposals[2].Seen, at(2*time.Second))
}

// Who is silent is told of the latest round that has begun, and of those that follow until the next look.
func TestSilent(t *testing.T) {
	t.Parallel()
	b := newBook()
	for i := range 3 {
		round := first + consensus.Round(i*interval)
		now := round.Start().Add(time.Second)
		o, id := seen(1, round, pair)
		b.Signed(o, id, members(1), false, now)
		if i == 1 {
			early, earlyID := seen(1, first+5*interval, pair) // by a clock that is ahead
			b.Signed(early, earlyID, members(1), false, now)
			b.Silent(members(7, 8), now)
		}
	}
	for i, want := range [][]signing.Address{{}, members(7, 8), members(7, 8)} {
		if got := tell(t, b, first+consensus.Round(i*interval), at(time.Hour)).Silent; !reflect.DeepEqual(got, want) {
			t.Errorf("round %d: %v, want %v", i, got, want)
		}
	}
	var crowd []signing.Address
	for n := range 1000 {
		crowd = append(crowd, member(n))
	}
	b.Silent(crowd, at(time.Hour))
	if n := len(tell(t, b, first+5*interval, at(time.Hour)).Silent); n != 32 {
		t.Errorf("%d silent members", n)
	}
}
