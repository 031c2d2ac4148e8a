package consensus_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/global/price"
)

// openWorld is a network without a roster in which n keys are known.
func openWorld(t failer, n int) world {
	t.Helper()
	w := newWorld(t, 0)
	w.keys = makeKeys(t, n)
	return w
}

func TestOpenNetworkProposers(t *testing.T) {
	t.Parallel()
	w := openWorld(t, global.MaxOpenProposers+2)
	e := w.engine(0)
	for i := range global.MaxOpenProposers {
		expect(t, e.Receive(w.report(w.observation(i), i).Encode(), at(time.Minute)), consensus.Accepted)
	}
	late := w.observation(global.MaxOpenProposers)
	expect(t, e.Receive(w.report(late, global.MaxOpenProposers).Encode(), at(time.Minute)), consensus.TooManyProposers)
	expect(t, e.Receive(w.report(w.observation(0), 0, 1).Encode(), at(time.Minute)), consensus.Accepted)
	late.Pair = "BTC-USD" // another slot
	expect(t, e.Receive(w.report(late, global.MaxOpenProposers).Encode(), at(time.Minute)), consensus.Accepted)
	if s := e.Sizes(); s.Tallies != global.MaxOpenProposers+1 || s.Slots != 2 {
		t.Errorf("it holds %+v", s)
	}
}

func TestOpenNetworkSigners(t *testing.T) {
	t.Parallel()
	const most = global.MaxOpenProposers
	w := openWorld(t, most+2)
	e, o := w.engine(0), w.observation(0)
	upTo := func(n int) []int {
		return slices.Collect(func(yield func(int) bool) {
			for i := 0; i < n && yield(i); i++ {
			}
		})
	}
	expect(t, e.Receive(w.report(o, upTo(most+1)...).Encode(), at(time.Minute)), consensus.TooManySigners)
	expect(t, e.Receive(w.report(o, upTo(most-1)...).Encode(), at(time.Minute)), consensus.Accepted)
	c := expect(t, e.Receive(w.report(o, 0, most-1, most, most+1).Encode(), at(time.Minute)), consensus.Accepted)
	if len(c.New) != 1 || c.Signers != most { // there was room for one
		t.Errorf("change %+v", c)
	}
	expect(t, e.Receive(w.report(o, 0, most-1, most, most+1).Encode(), at(time.Minute)), consensus.Duplicate)
	_, c = e.Admit(w.report(o, most, most+1), at(time.Minute))
	if s := e.Sizes(); c.Outcome != consensus.Duplicate || s.LargestTally != most {
		t.Errorf("a full tally took more: %+v, %+v", c, s)
	}
}

// TestRosterOfAll takes the largest roster's report whole.
func TestRosterOfAll(t *testing.T) {
	t.Parallel()
	w := newWorld(t, global.MaxSigners)
	o := w.observation(0)
	r := consensus.Report{Network: network, Observation: o}
	for _, k := range w.keys[:global.MaxSigners] {
		r.Attestations = append(r.Attestations, consensus.Attestation{Signer: k.Address()})
	}
	e := w.engine(0)
	got, c := e.Admit(inOrder(r), at(time.Minute)) // unverified: the number matters here
	if c.Signers != global.MaxSigners || len(got.Attestations) != global.MaxSigners || len(got.Encode()) > global.MaxReportBytes {
		t.Errorf("change %+v, %d bytes", c, len(got.Encode()))
	}
}

// TestMemoryIsBounded floods an open network's engine for a long time. The bound: for each pair and each round whose
// time is not over, MaxOpenProposers tallies of MaxOpenProposers attestations, and as much for one round more, since
// old tallies are swept once a round.
func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := openWorld(t, 4)
		w.policy.Interval = time.Duration(rapid.IntRange(20, 100).Draw(t, "interval")) * time.Second
		w.policy.Quorum = 4 // nothing is complete, so nothing waits to be saved
		e, now := w.engine(0), round.Start()
		lives := w.policy.Interval + 2*skew + max(2*w.policy.Interval, global.MinForgetAfter)
		rounds := int(lives/w.policy.Interval) + 2
		for range 100 {
			now = now.Add(time.Duration(rapid.Int64Range(-int64(skew), int64(w.policy.Interval/4)).Draw(t, "later")))
			o := w.observation(rapid.IntRange(0, 3).Draw(t, "proposer"))
			o.Pair = rapid.SampledFrom([]price.Pair{pair, "BTC-USD", "DOGE-USD"}).Draw(t, "pair")
			o.Round = consensus.RoundAt(now, w.policy.Interval)
			o.ObservedAt = consensus.MillisOf(now)
			e.Receive(w.report(o, slices.Index(w.addresses(), o.Proposer)).Encode(), now)
			e.Decide(now)
			s := e.Sizes()
			if limit := 2 * 4 * rounds; s.Tallies > limit || s.Attestations > limit*4 || s.Slots > 2*rounds {
				t.Fatalf("%s into it the engine holds %+v; limit %d", now.Sub(round.Start()), s, limit)
			}
			if s.Places != s.Tallies || s.Undecided > s.Tallies || s.Unsaved > s.Tallies || s.Slots > s.Tallies {
				t.Fatalf("maps of different sizes: %+v", s)
			}
		}
	})
}

func (w world) addresses() []signing.Address {
	list := make([]signing.Address, len(w.keys))
	for i, k := range w.keys {
		list[i] = k.Address()
	}
	return list
}

// TestUnsavedIsBounded runs with a journal that takes nothing: certificates beyond their time are kept up to a bound.
func TestUnsavedIsBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 64)
	w.policy.Quorum = 1
	e, most, shed := w.engine(0), 0, 0
	const live = 4 * 64 // the tallies of the rounds whose time is not over
	for i := range consensus.MaxUnsaved/64 + 16 {
		now := at(time.Duration(i) * interval)
		for proposer := range 64 {
			o := w.observation(proposer)
			o.Round, o.ObservedAt = consensus.RoundAt(now, interval), consensus.MillisOf(now)
			_, c := e.Admit(consensus.Report{Network: network, Observation: o, Attestations: []consensus.Attestation{
				{Signer: o.Proposer}, // unverified: the number matters here
			}}, now)
			if !c.Quorum {
				t.Fatalf("change %+v", c)
			}
		}
		s := e.Sizes()
		most, shed = max(most, s.Unsaved), shed+e.TakeShed()
		if s.Unsaved+shed != 64*(i+1) {
			t.Fatalf("after %d rounds %d are held and %d told to be given up", i+1, s.Unsaved, shed)
		}
		if s.Unsaved > consensus.MaxUnsaved+live || s.Tallies > s.Unsaved || s.Places != s.Tallies {
			t.Fatalf("after %d rounds it holds %+v", i, s)
		}
	}
	if most < consensus.MaxUnsaved {
		t.Errorf("at most %d were kept: the bound was not tried", most)
	}
}
