package consensus_test

import (
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
)

// TestEntryBorders tries each border of section 3.4 and the first instant beyond it.
func TestEntryBorders(t *testing.T) {
	t.Parallel()
	const tick = time.Nanosecond
	w := newWorld(t, 4)
	for name, c := range map[string]struct {
		observed, now time.Duration // from the round's start
		want          consensus.Outcome
	}{
		"in the round":                     {time.Second, time.Minute, consensus.Accepted},
		"first instant":                    {0, -skew, consensus.Accepted},
		"before the first instant":         {-skew, -skew - tick, consensus.Stale},
		"last instant":                     {time.Minute, interval + skew, consensus.Accepted},
		"after the last instant":           {time.Minute, interval + skew + tick, consensus.Stale},
		"observed first":                   {-skew, 0, consensus.Accepted},
		"observed before the first":        {-skew - time.Millisecond, 0, consensus.Stale},
		"observed by a fast clock":         {time.Minute + skew, time.Minute, consensus.Accepted},
		"observed by a faster one":         {time.Minute + skew + time.Millisecond, time.Minute, consensus.Stale},
		"observed a tick too fast":         {time.Minute + skew, time.Minute - tick, consensus.Stale},
		"observed last":                    {interval + skew, interval + skew, consensus.Accepted},
		"observed after the last":          {interval + skew + time.Millisecond, interval + skew, consensus.Stale},
		"observed last, seen at the end":   {interval + skew, interval, consensus.Accepted},
		"observed last, seen before":       {interval + skew, interval - tick, consensus.Stale},
		"observed first, seen at the last": {-skew, interval + skew, consensus.Accepted},
	} {
		e, o := w.engine(3), w.observation(0)
		o.ObservedAt = consensus.MillisOf(at(c.observed))
		if got := e.Receive(w.report(o, 0).Encode(), at(c.now)); got.Outcome != c.want {
			t.Errorf("%s: %s, want %s", name, got.Outcome, c.want)
		}
	}
}

// TestHeldUntilForgotten takes news of a held digest long after its round, and no more from the instant at which it is
// to be forgotten: two rounds or two minutes after the round's end.
func TestHeldUntilForgotten(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ interval, forgotten time.Duration }{
		{interval, 3 * interval},
		{time.Minute, 3 * time.Minute},
		{5 * time.Second, 5*time.Second + 2*time.Minute},
	} {
		w := newWorld(t, 4)
		w.policy.Interval = c.interval
		e, o := w.engine(3), w.observation(0)
		expect(t, e.Receive(w.report(o, 0).Encode(), at(time.Second)), consensus.Accepted)
		expect(t, e.Receive(w.report(o, 0, 1).Encode(), at(c.forgotten-time.Nanosecond)), consensus.Accepted)
		expect(t, e.Receive(w.report(o, 0, 2).Encode(), at(c.forgotten)), consensus.Stale)
	}
}

// TestForgetting looks inside: when its time is over nothing is left of a report but what nobody has saved.
func TestForgetting(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	e := w.engine(3)
	incomplete, complete := w.observation(0), w.observation(1)
	expect(t, e.Receive(w.report(incomplete, 0).Encode(), at(time.Minute)), consensus.Accepted)
	expect(t, e.Receive(w.report(complete, 1, 2, 0).Encode(), at(time.Minute)), consensus.Accepted)
	later := func(rounds int) time.Time {
		o := w.observation(2)
		o.Round += consensus.Round(rounds * 600)
		now := o.Round.Start().Add(time.Second)
		o.ObservedAt = consensus.MillisOf(now)
		expect(t, e.Receive(w.report(o, 2).Encode(), now), consensus.Accepted)
		return now
	}
	later(2)
	if s := e.Sizes(); s.Tallies != 3 {
		t.Errorf("before its time is over: %+v", s)
	}
	now := later(3)
	want := consensus.Sizes{Tallies: 3, Places: 3, Slots: 3, Undecided: 3, Unsaved: 1, Attestations: 5, LargestTally: 3}
	if s := e.Sizes(); s != want {
		t.Errorf("it holds %+v, want %+v", s, want)
	}
	expect(t, e.Receive(w.report(incomplete, 0, 1).Encode(), now), consensus.Stale)
	e.Saved(e.Unsaved())
	later(6)
	if s := e.Sizes(); s.Tallies != 1 || s.Places != 1 || s.Slots != 1 || s.Unsaved != 0 || s.Attestations != 1 {
		t.Errorf("in the end it holds %+v", s)
	}
	if r := known(e, complete, now); r.Attestations != nil {
		t.Errorf("it still knows %v", r)
	}
}
