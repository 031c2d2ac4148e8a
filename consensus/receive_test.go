package consensus_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

func TestReceiveTells(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	e, o := w.engine(3), w.observation(0)
	first := expect(t, e.Receive(w.report(o, 0, 1).Encode(), at(time.Minute)), consensus.Accepted)
	if first.ID != o.Digest(w.domain) || first.Observation != o || len(first.New) != 2 || first.Signers != 2 || first.Quorum {
		t.Errorf("first change %+v", first)
	}
	again := expect(t, e.Receive(w.report(o, 0, 1).Encode(), at(time.Minute)), consensus.Duplicate)
	if again.New != nil || again.Quorum || again.Observation != o {
		t.Errorf("repeated change %+v", again)
	}
	third := expect(t, e.Receive(w.report(o, 0, 2).Encode(), at(time.Minute)), consensus.Accepted)
	if !slices.Equal(third.New, []signing.Address{w.keys[2].Address()}) || third.Signers != 3 || !third.Quorum {
		t.Errorf("third change %+v", third)
	}
}

// TestRefusedByPolicy refuses reports that are well signed. None of them changes anything.
func TestRefusedByPolicy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	for name, c := range map[string]struct {
		change func(*consensus.Observation)
		signer int
		want   consensus.Outcome
	}{
		"unknown pair":     {func(o *consensus.Observation) { o.Pair = "DOGE-USD" }, 0, consensus.UnknownPair},
		"misaligned":       {func(o *consensus.Observation) { o.Round++ }, 0, consensus.Misaligned},
		"a round before":   {func(o *consensus.Observation) { o.Round -= 600 }, 0, consensus.Stale},
		"a round after":    {func(o *consensus.Observation) { o.Round += 600 }, 0, consensus.Stale},
		"unknown proposer": {func(*consensus.Observation) {}, 4, consensus.UnknownProposer},
	} {
		e, o := w.engine(3), w.observation(c.signer)
		c.change(&o)
		if got := e.Receive(w.report(o, c.signer, 1).Encode(), at(time.Minute)); got.Outcome != c.want || got.Quorum {
			t.Errorf("%s: %+v, want %s", name, got, c.want)
		}
		if s := e.Sizes(); s != (consensus.Sizes{}) {
			t.Errorf("%s: the engine holds %+v", name, s)
		}
	}
	e := w.engine(3)
	foreign := w.report(w.observation(0), 0)
	foreign.Network = "othernet"
	expect(t, e.Receive(foreign.Encode(), at(time.Minute)), consensus.ForeignNetwork)
	expect(t, e.Receive([]byte("no report"), at(time.Minute)), consensus.Malformed)
	if s := e.Sizes(); s != (consensus.Sizes{}) {
		t.Errorf("the engine holds %+v", s)
	}
}

// TestSignatureOfAnotherNetwork presents a well-signed report of one network in another.
func TestSignatureOfAnotherNetwork(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	other := w
	other.domain = signing.NewDomain("othernet")
	expect(t, w.engine(3).Receive(other.report(other.observation(0), 0, 1).Encode(), at(time.Minute)), consensus.BadSignature)
}

// TestAllOrNothing sends reports of good and damaged attestations, to engines that know some of the signers.
func TestAllOrNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t, 6)
		e, o, now := w.engine(5), w.observation(0), at(time.Minute)
		before := append([]int{0}, rapid.SliceOfNDistinct(rapid.IntRange(1, 4), 0, 3, rapid.ID).Draw(t, "before")...)
		held := rapid.Bool().Draw(t, "held")
		if held {
			expect(t, e.Receive(w.report(o, before...).Encode(), now), consensus.Accepted)
		}
		sizes, wasKnown := e.Sizes(), known(e, o, now)
		signers := append([]int{0}, rapid.SliceOfNDistinct(rapid.IntRange(1, 5), 1, 5, rapid.ID).Draw(t, "signers")...)
		r := w.report(o, signers...)
		bad := rapid.IntRange(0, len(r.Attestations)-1).Draw(t, "bad")
		r.Attestations[bad] = damaged(r.Attestations[bad])
		want := consensus.BadSignature
		if held && len(union(before, signers)) == len(before) {
			want = consensus.Duplicate // it would bring nothing, so nothing is verified
		}
		expect(t, e.Receive(r.Encode(), now), want)
		if e.Sizes() != sizes || !reflect.DeepEqual(known(e, o, now), wasKnown) || len(e.Unsaved()) != sizes.Unsaved {
			t.Fatalf("a refused report changed %+v into %+v", sizes, e.Sizes())
		}
		expect(t, e.Receive(w.report(o, 0, 1, 2, 3, 4, 5).Encode(), now), consensus.Accepted)
	})
}

// TestBadSignatureOfKnownSigner: a peer that doesn't know the signer would refuse the report and blame who passed it on.
func TestBadSignatureOfKnownSigner(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	o := w.observation(0)
	r := w.report(o, 0, 1, 2)
	r.Attestations[0] = damaged(r.Attestations[0])
	informed, fresh := w.engine(3), w.engine(3)
	expect(t, informed.Receive(w.report(o, 0, 1).Encode(), at(time.Minute)), consensus.Accepted)
	expect(t, informed.Receive(r.Encode(), at(time.Minute)), consensus.BadSignature)
	expect(t, fresh.Receive(r.Encode(), at(time.Minute)), consensus.BadSignature)
}

// TestEquivocation: the first observation of a proposer in a slot takes its place, whichever it is.
func TestEquivocation(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	one, two := w.observation(0), w.observation(0)
	two.Price = parsePrice(t, "3001")
	for _, order := range [][2]consensus.Observation{{one, two}, {two, one}} {
		e := w.engine(3)
		forged := w.report(order[1], 0)
		forged.Attestations[0] = damaged(forged.Attestations[0])
		expect(t, e.Receive(forged.Encode(), at(time.Minute)), consensus.BadSignature) // takes no place
		expect(t, e.Receive(w.report(order[0], 0).Encode(), at(time.Minute)), consensus.Accepted)
		expect(t, e.Receive(w.report(order[1], 0, 1, 2).Encode(), at(time.Minute)), consensus.Equivocation)
		_, c := e.Admit(w.report(order[1], 0, 3), at(time.Minute))
		expect(t, c, consensus.Equivocation)
		expect(t, e.Receive(w.report(order[0], 0, 1, 2).Encode(), at(time.Minute)), consensus.Accepted)
		if s := e.Sizes(); s.Tallies != 1 || s.Places != 1 || len(e.Unsaved()) != 1 || e.Unsaved()[0].Observation != order[0] {
			t.Errorf("the engine holds %+v and %v", s, e.Unsaved())
		}
	}
	e := w.engine(3)
	for _, p := range []price.Pair{pair, "BTC-USD"} { // another pair is another place
		o := w.observation(0)
		o.Pair = p
		expect(t, e.Receive(w.report(o, 0).Encode(), at(time.Minute)), consensus.Accepted)
	}
}
