package consensus_test

import (
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
)

// TestBanOfLongRounds: with rounds of a day two convictions still have a round to be banned in.
func TestBanOfLongRounds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	w.policy.Interval = day
	first := consensus.RoundAt(at(0), day)
	placed := func(rounds int, p string) consensus.Observation {
		o := w.priced(0, p)
		o.Round = first + consensus.Round(rounds*86400)
		o.ObservedAt = consensus.MillisOf(o.Round.Start().Add(time.Second))
		return o
	}
	for rounds, want := range map[int]consensus.Refusal{2: consensus.RefusedBanned, 3: ""} {
		e := w.engine(3)
		for offence := range 2 {
			v := w.evidence(0, placed(offence, "3000"), placed(offence, "3001"))
			expect(t, e.ReceiveEvidence(v.Encode(), v.First.Observation.Round.Start().Add(time.Minute)), consensus.Accepted)
		}
		o := placed(rounds, "3000")
		now := o.Round.Start().Add(2 * time.Second)
		observe(t, e, "3000", now)
		expect(t, e.Receive(w.report(o, 0).Encode(), now), consensus.Accepted)
		decisions, _, _ := e.Decide(now.Add(10 * time.Second))
		if len(decisions) != 1 || decisions[0].Refusal != want {
			t.Errorf("%d rounds after the first: %+v, want %q", rounds, decisions, want)
		}
	}
}
