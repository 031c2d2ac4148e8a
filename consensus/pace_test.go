package consensus_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus"
)

func TestStageDelay(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	repeat := func(n int, lag time.Duration) []time.Duration {
		lags := make([]time.Duration, n)
		for i := range lags {
			lags[i] = lag
		}
		return lags
	}
	rising := make([]time.Duration, 100)
	for i := range rising {
		rising[i] = time.Duration(i+1) * 4 * ms
	}
	for name, c := range map[string]struct {
		lags     []time.Duration
		interval time.Duration
		want     time.Duration
	}{
		"nothing measured":             {nil, interval, 500 * ms},
		"nothing measured, short":      {nil, 2 * time.Second, 200 * ms},
		"too few":                      {repeat(15, 80*ms), interval, 500 * ms},
		"enough":                       {repeat(16, 80*ms), interval, 100 * ms},
		"the 95th of a hundred":        {rising, interval, 475 * ms},
		"a twentieth that is far late": {append(repeat(95, 80*ms), repeat(5, time.Hour)...), interval, 100 * ms},
		"more than a twentieth":        {append(repeat(94, 80*ms), repeat(6, time.Second)...), interval, 1250 * ms},
		"the newest alone":             {append(repeat(200, time.Second), repeat(128, 80*ms)...), interval, 100 * ms},
		"too short":                    {repeat(50, ms), interval, 50 * ms},
		"too long":                     {repeat(50, time.Minute), interval, 5 * time.Second},
		"a tenth of the interval":      {repeat(50, time.Second), 5 * time.Second, 500 * ms},
		"a clock that was set back":    {repeat(50, -time.Hour), interval, 50 * ms},
	} {
		var p consensus.Pace
		for _, lag := range c.lags {
			p.Note(lag)
		}
		if got := p.Delay(c.interval); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// TestStageDelayBounds: whatever was measured, it is within its bounds, and less than a round.
func TestStageDelayBounds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var p consensus.Pace
		for _, lag := range rapid.SliceOfN(rapid.Int64(), 0, 200).Draw(t, "lags") {
			p.Note(time.Duration(lag))
		}
		i := time.Duration(rapid.IntRange(1, 86400).Draw(t, "interval")) * time.Second
		if got := p.Delay(i); got < 50*time.Millisecond || got > 5*time.Second || got > i/10 {
			t.Fatalf("%s", got)
		}
	})
}

// TestOwnSignatureIsNoLag: it took no delivery.
func TestOwnSignatureIsNoLag(t *testing.T) {
	t.Parallel()
	w := stagedWorld(t, 3, 3)
	w.policy.StageDelay = 0
	e := w.engine(2)
	for k := range 40 {
		o := w.observation(0)
		o.Round += consensus.Round(k * 600)
		o.ObservedAt = consensus.MillisOf(o.Round.Start())
		observe(t, e, "3000", o.Round.Start())
		expect(t, e.Receive(w.report(o, 0).Encode(), o.Round.Start()), consensus.Accepted)
		if decisions, _, _ := e.Decide(o.Round.Start()); len(decisions) != 1 {
			t.Fatalf("decided %+v", decisions)
		}
		e.Admit(w.report(o, 2), o.Round.Start())
	}
	if got := e.StageDelay(); got != 500*time.Millisecond {
		t.Errorf("%s, want what it is before anything was measured", got)
	}
}

// TestStageDelayIsMeasured on the co-signatures of those who are asked at once; a set one is not measured.
func TestStageDelayIsMeasured(t *testing.T) {
	t.Parallel()
	const members, lag = 8, 200 * time.Millisecond
	for set, want := range map[time.Duration]time.Duration{0: lag * 5 / 4, stage: stage} {
		w := stagedWorld(t, members, 3)
		w.policy.StageDelay = set
		e := w.engine(members - 1)
		for k := range 40 {
			r := round + consensus.Round(k*600)
			for proposer := range 2 {
				o := w.observation(proposer)
				o.Round, o.ObservedAt = r, consensus.MillisOf(r.Start())
				order, now := w.byRank(o, members), r.Start()
				observe(t, e, "3000", now)
				expect(t, e.Receive(w.report(o, proposer).Encode(), now), consensus.Accepted)
				e.Decide(now)
				order = slices.DeleteFunc(order, func(i int) bool { return i == members-1 }) // of whom nothing is heard
				for rank, i := range order {
					late := lag
					if rank >= 2 {
						late = time.Minute // who is not asked at once does not count
					}
					expect(t, e.Receive(w.report(o, union([]int{proposer, i})...).Encode(), now.Add(late)), consensus.Accepted)
				}
			}
		}
		if got := e.StageDelay(); got != want {
			t.Errorf("set to %s: %s, want %s", set, got, want)
		}
	}
}
