package consensus_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus"
)

// clocks returns the reading of a node in a roster of so many, to which the others' clocks appear ahead by so much.
func clocks(t failer, quorum, members int, ahead ...time.Duration) consensus.Reading {
	t.Helper()
	w := newWorld(t, members)
	w.policy.Quorum = quorum
	r := w.roll()
	for i, d := range ahead {
		l := w.live(i+1, at(0))
		l.ahead = d
		hears(t, r, l.beat(at(0)), at(0), consensus.Accepted)
	}
	return r.Clock(at(time.Second))
}

func TestClock(t *testing.T) {
	t.Parallel()
	const s = time.Second
	for name, c := range map[string]struct {
		quorum, members int
		ahead           []time.Duration
		want            time.Duration
		known           bool
	}{
		"nobody":                  {3, 4, nil, 0, false},
		"one is too few":          {3, 4, []time.Duration{60 * s}, 60 * s, false},
		"two agree":               {3, 4, []time.Duration{60 * s, 61 * s}, 60 * s, true},
		"two, one lies":           {3, 4, []time.Duration{0, 3600 * s}, 0, true},
		"two, one lies, behind":   {3, 4, []time.Duration{0, -3600 * s}, 0, true},
		"three, one lies":         {3, 4, []time.Duration{3600 * s, s, 2 * s}, 2 * s, true},
		"fewer than quorum - 1":   {5, 7, []time.Duration{s, s, s}, s, false},
		"quorum - 1":              {5, 7, []time.Duration{s, s, s, s}, s, true},
		"two of six lie":          {5, 7, []time.Duration{-9 * s, -8 * s, s, s, s, s}, s, true},
		"a quorum of one":         {1, 4, []time.Duration{s}, s, false},
		"a quorum of one, two":    {1, 4, []time.Duration{s, 2 * s}, s, true},
		"two on both sides":       {3, 4, []time.Duration{-2 * s, s}, 0, true},
		"half of four lie behind": {3, 5, []time.Duration{-99 * s, -98 * s, 0, s}, 0, true},
	} {
		got := clocks(t, c.quorum, c.members, c.ahead...)
		if got.Offset != c.want || got.Known() != c.known {
			t.Errorf("%s: offset %v, known %t", name, got.Offset, got.Known())
		}
	}
}

// TestClockAgainstLiars: with a quorum of two thirds of the roster plus one, while less than a third lies, the measured
// offset lies between those of honest members and zero, whoever is heard of.
func TestClockAgainstLiars(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		members := rapid.IntRange(4, 13).Draw(t, "members")
		liars := rapid.IntRange(0, (members-1)/3).Draw(t, "liars")
		offsets := make([]time.Duration, members-1)
		low, high := time.Duration(0), time.Duration(0)
		for i := range offsets {
			spread := int64(24 * time.Hour / time.Millisecond)
			if i >= liars {
				spread = 5000
			}
			offsets[i] = time.Duration(rapid.Int64Range(-spread, spread).Draw(t, "offset")) * time.Millisecond
			if i >= liars {
				low, high = min(low, offsets[i]), max(high, offsets[i])
			}
		}
		heard := rapid.Permutation(offsets).Draw(t, "order")
		// Liars are always heard of; of the honest ones some are not.
		missing := rapid.IntRange(0, members/3).Draw(t, "missing")
		var told []time.Duration
		for _, o := range heard {
			if missing > 0 && slices.Contains(offsets[liars:], o) {
				missing--
				continue
			}
			told = append(told, o)
		}
		if got := clocks(t, 2*members/3+1, members, told...); got.Known() && (got.Offset < low || got.Offset > high) {
			t.Fatalf("offset %v, honest ones from %v to %v, of %v", got.Offset, low, high, told)
		}
	})
}

// Who is silent is not counted, and neither is what was measured before the clock was set.
func TestClockForgets(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	r := w.roll()
	a, b := w.live(1, at(0)), w.live(2, at(0))
	hears(t, r, a.beat(at(0)), at(0), consensus.Accepted)
	hears(t, r, b.beat(at(0)), at(0), consensus.Accepted)
	if !r.Clock(at(3 * beatGap)).Known() {
		t.Error("forgotten after three intervals")
	}
	if r.Clock(at(3*beatGap + time.Millisecond)).Known() {
		t.Error("known of silent members")
	}
	hears(t, r, a.beat(at(time.Minute)), at(time.Minute), consensus.Accepted)
	hears(t, r, b.beat(at(time.Minute)), at(time.Minute), consensus.Accepted)
	hour := at(time.Hour + time.Minute) // the clock is set an hour ahead
	r.Jumped(time.Hour, hour.Add(2*time.Second))
	if got := r.Clock(hour); got.Clocks != 0 {
		t.Errorf("%d clocks are known", got.Clocks)
	}
	for _, m := range r.View(hour).Members { // time itself has not passed
		if heard := m.Address == w.keys[1].Address() || m.Address == w.keys[2].Address(); heard && m.Silent {
			t.Errorf("%s is silent, heard of at %v", m.Address, m.Heard)
		}
	}
	waiting := at(30 * time.Second) // what had been waiting does not count
	hears(t, r, a.beat(waiting), hour, consensus.Accepted)
	hears(t, r, b.beat(waiting), hour.Add(time.Second), consensus.Accepted)
	if got := r.Clock(hour.Add(time.Second)); got.Clocks != 0 {
		t.Errorf("%d clocks measured by what had been waiting", got.Clocks)
	}
	settled := hour.Add(2 * time.Second)
	for _, l := range []*life{a, b} {
		hears(t, r, l.beat(settled.Add(-time.Hour)), settled, consensus.Accepted)
	}
	if got := r.Clock(settled); !got.Known() || got.Offset != -time.Hour {
		t.Errorf("%+v", got)
	}
}

// A clock that is set back a day does not make a node deaf for a day to members that have just sent much.
func TestRollAfterClockSetBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	r, l := w.roll(), w.live(1, at(0))
	for range 4 {
		hears(t, r, l.beat(at(0)), at(0), consensus.Accepted)
	}
	hears(t, r, l.beat(at(0)), at(0), consensus.TooOften)
	back := at(-24 * time.Hour)
	hears(t, r, l.beat(back), back, consensus.TooOften)
	r.Jumped(-24*time.Hour, back)
	hears(t, r, l.beat(back), back, consensus.Accepted)
}
