package vitals_test

import (
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node/vitals"
)

const interval = 10 * time.Minute

func newCourse(pairs ...price.Pair) *vitals.Course {
	return vitals.NewCourse(&consensus.Policy{Interval: interval, Skew: 5 * time.Second, Pairs: pairs})
}

// at returns an instant of the round that begins so many rounds after noon, late in it.
func at(round int) time.Time { return noon().Add(time.Duration(round)*interval + 9*time.Minute) }

func observation(round int) consensus.Observation {
	return consensus.Observation{Pair: pair, Round: consensus.RoundAt(at(round), interval)}
}

// Rounds without a quorum count from the first whole one; a quorum ends the count, and so does what keeps prices from one.
func TestCourseMissed(t *testing.T) {
	t.Parallel()
	c := newCourse(pair)
	expect := func(round int, able bool, missed int) {
		t.Helper()
		if got := c.Look(at(round), able); got.Missed != missed {
			t.Errorf("round %d: %+v, want %d missed", round, got, missed)
		}
	}
	expect(0, true, 0)
	expect(1, true, 0)
	expect(2, true, 1)
	expect(4, true, 3)
	c.Reached(signing.Digest{1}, observation(4))
	expect(4, true, 0)
	expect(6, true, 1)
	expect(7, true, 2)
	expect(8, false, 0) // the peers are away
	expect(9, true, 0)
	expect(10, true, 1)
	if got := c.Look(at(10).Add(time.Minute+9*time.Second), true); got.Missed != 1 { // a quorum may still come
		t.Errorf("just over: %+v", got)
	}
	if got := c.Look(at(10).Add(time.Minute+10*time.Second), true); got.Missed != 2 {
		t.Errorf("over: %+v", got)
	}
	expect(3, true, 0) // the clock was set back
}

// It counts from the last look before which something was stored, and from the first one.
func TestCourseIdle(t *testing.T) {
	t.Parallel()
	c := newCourse(pair)
	expect := func(round int, idle time.Duration) {
		t.Helper()
		if got := c.Look(at(round), true); got.Idle != idle {
			t.Errorf("round %d: idle for %v, want %v", round, got.Idle, idle)
		}
	}
	expect(0, 0)
	expect(2, 2*interval)
	c.Stored()
	expect(3, 0)
	expect(4, interval)
	expect(1, 0) // the clock was set back
}

// A pair of its own is counted alone, and named.
func TestCoursePairs(t *testing.T) {
	t.Parallel()
	c := newCourse(pair, "BTC-USD")
	c.Look(at(0), true)
	for round := 1; round < 5; round++ {
		c.Reached(signing.Digest{byte(round)}, observation(round))
	}
	if got := c.Look(at(5), true); got.Missed != 4 || got.Pair != "BTC-USD" || got.Last != observation(4).Round {
		t.Errorf("%+v", got)
	}
}

// Of the node's own prices the last eight count, those of rounds that are over; none that was proposed to nobody.
func TestCourseOwn(t *testing.T) {
	t.Parallel()
	c := newCourse(pair)
	for round := range 20 {
		c.Look(at(round), true)
		id := signing.Digest{byte(round)}
		c.Proposed(id, observation(round))
		if round%4 == 0 {
			c.Reached(id, observation(round))
		}
	}
	if got := c.Look(at(19), true); got.Own != 7 || got.OwnReached != 2 {
		t.Errorf("within the last round: %+v", got)
	}
	if got := c.Look(at(20), true); got.Own != 8 || got.OwnReached != 2 {
		t.Errorf("after it: %+v", got)
	}
	if got := c.Look(at(21), false); got.Own != 2 || got.OwnReached != 2 {
		t.Errorf("without peers: %+v", got)
	}
}
