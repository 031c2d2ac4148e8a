package consensus_test

import (
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
)

// TestHeardIsForgotten: who was heard of is remembered for the rounds that can enter and two before them, also by a clock
// that is set back.
func TestHeardIsForgotten(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	e := w.engine(3)
	hear := func(k int) {
		o := w.observation(0)
		o.Round += consensus.Round(k * 600)
		now := o.Round.Start().Add(time.Second)
		o.ObservedAt = consensus.MillisOf(now)
		expect(t, e.Receive(w.report(o, 0).Encode(), now), consensus.Accepted)
	}
	for k := 100; k < 120; k++ {
		hear(k)
		if n := e.Heard(); n > 4 {
			t.Fatalf("in round %d it remembers %d", k, n)
		}
	}
	hear(0)
	if n := e.Heard(); n != 1 {
		t.Errorf("set back, it remembers %d rounds", n)
	}
}

// TestOpenHearsNobody: there are no ranks, and anybody's key would take memory.
func TestOpenHearsNobody(t *testing.T) {
	t.Parallel()
	w := openWorld(t, 4)
	e := w.engine(3)
	expect(t, e.Receive(w.report(w.observation(0), 0, 1).Encode(), at(time.Second)), consensus.Accepted)
	if n := e.Heard(); n != 0 {
		t.Errorf("it remembers %d rounds", n)
	}
}
