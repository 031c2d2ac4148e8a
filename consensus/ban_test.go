package consensus_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/global/price"
)

// day is how long a conviction counts for a ban.
const day = 24 * time.Hour

// offence returns evidence against a member from some rounds after the one that the tests use.
func (w world) offence(proposer, rounds int, p price.Pair) consensus.Evidence {
	one, two := w.priced(proposer, "3000"), w.priced(proposer, "3001")
	for _, o := range []*consensus.Observation{&one, &two} {
		o.Pair, o.Round = p, o.Round+consensus.Round(rounds*600)
	}
	return w.evidence(proposer, one, two)
}

// refusals tells what an engine of the honest price decides at an instant about observations of some proposers that came
// a second before.
func (w world) refusals(e *consensus.Engine, now time.Time, proposers ...int) []consensus.Refusal {
	w.t.Helper()
	observe(w.t, e, "3000", now)
	var list []consensus.Refusal
	for _, i := range proposers {
		o := w.observation(i)
		o.Round, o.ObservedAt = consensus.RoundAt(now, interval), consensus.MillisOf(now)
		expect(w.t, e.Receive(w.report(o, i).Encode(), now.Add(-time.Second)), consensus.Accepted)
		decisions, _, _ := e.Decide(now)
		if len(decisions) != 1 || decisions[0].Observation != o {
			w.t.Fatalf("decided %+v about %+v", decisions, o)
		}
		list = append(list, decisions[0].Refusal)
	}
	return list
}

// TestConvictedIsNotSigned: neither observation is, whichever is held, and whether it comes before the evidence or after.
func TestConvictedIsNotSigned(t *testing.T) {
	t.Parallel()
	w, v := goodEvidence(t)
	now := at(time.Minute)
	for _, o := range []consensus.Observation{v.First.Observation, v.Second.Observation} {
		for _, evidenceFirst := range []bool{true, false} {
			e := w.engine(3)
			observe(t, e, "3000", at(time.Second))
			steps := []func() consensus.Change{
				func() consensus.Change { return e.Receive(w.report(o, 0).Encode(), now) },
				func() consensus.Change { return e.ReceiveEvidence(v.Encode(), now) },
			}
			if evidenceFirst {
				slices.Reverse(steps)
			}
			for _, step := range steps {
				expect(t, step(), consensus.Accepted)
			}
			want := []consensus.Decision{{ID: o.Digest(w.domain), Observation: o, Refusal: consensus.RefusedEquivocation}}
			if got, wanted, _ := e.Decide(now); !reflect.DeepEqual(got, want) || wanted != nil {
				t.Errorf("decided %+v, wanted %v; want %+v", got, wanted, want)
			}
			if got, _, _ := e.Decide(now); got != nil {
				t.Errorf("decided twice: %+v", got)
			}
			// Others signed before they knew: that still makes a certificate.
			c := expect(t, e.Receive(w.report(o, 0, 1, 2).Encode(), now), consensus.Accepted)
			if !c.Quorum || len(e.Unsaved()) != 1 {
				t.Errorf("change %+v, unsaved %+v", c, e.Unsaved())
			}
		}
	}
}

// TestCertificateBeforeConviction: what was complete stays complete, and grows.
func TestCertificateBeforeConviction(t *testing.T) {
	t.Parallel()
	w, v := goodEvidence(t)
	e, o, now := w.engine(2), v.First.Observation, at(time.Minute)
	expect(t, e.Receive(w.report(o, 0, 1, 2).Encode(), now), consensus.Accepted)
	expect(t, e.ReceiveEvidence(v.Encode(), now), consensus.Accepted)
	expect(t, e.Receive(w.report(o, 0, 3).Encode(), now), consensus.Accepted)
	if got := e.Unsaved(); len(got) != 1 || !reflect.DeepEqual(got[0].Report, w.report(o, 0, 1, 2, 3)) {
		t.Errorf("unsaved %+v", got)
	}
	if decisions, wanted, _ := e.Decide(now); decisions != nil || wanted != nil {
		t.Errorf("a complete one is decided: %+v, %v", decisions, wanted)
	}
}

// TestFirstConvictionCostsItsRound: the other pairs of the round, the other members and the next round are not touched.
func TestFirstConvictionCostsItsRound(t *testing.T) {
	t.Parallel()
	w, v := goodEvidence(t)
	e := w.engine(3)
	expect(t, e.ReceiveEvidence(v.Encode(), at(time.Minute)), consensus.Accepted)
	bitcoin := w.observation(0)
	bitcoin.Pair = "BTC-USD"
	e.Observe(price.Quote{Pair: "BTC-USD", Price: parsePrice(t, "3000"), At: at(time.Second)})
	expect(t, e.Receive(w.report(bitcoin, 0).Encode(), at(time.Second)), consensus.Accepted)
	if got, _, _ := e.Decide(at(time.Minute)); len(got) != 1 || got[0].Refusal != "" {
		t.Errorf("another pair: %+v", got)
	}
	want := []consensus.Refusal{consensus.RefusedEquivocation, ""}
	if got := w.refusals(e, at(2*time.Minute), 0, 1); !slices.Equal(got, want) {
		t.Errorf("in the round: %q", got)
	}
	if got := w.refusals(e, at(interval), 0, 1); !slices.Equal(got, []consensus.Refusal{"", ""}) {
		t.Errorf("in the next: %q", got)
	}
}

// TestBan tries how many convictions of which rounds ban for how long, counted from the round that the tests use.
func TestBan(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	const btc = price.Pair("BTC-USD")
	for name, c := range map[string]struct {
		evidence []consensus.Evidence
		now      time.Duration
		banned   bool
	}{
		"nothing":                       {nil, interval, false},
		"one round":                     {[]consensus.Evidence{w.offence(0, 0, pair)}, interval, false},
		"one round, two pairs":          {[]consensus.Evidence{w.offence(0, 0, pair), w.offence(0, 0, btc)}, interval, false},
		"two rounds":                    {[]consensus.Evidence{w.offence(0, 0, pair), w.offence(0, 1, pair)}, 2 * interval, true},
		"two rounds, two pairs":         {[]consensus.Evidence{w.offence(0, 1, btc), w.offence(0, 0, pair)}, 2 * interval, true},
		"of another member":             {[]consensus.Evidence{w.offence(0, 0, pair), w.offence(1, 1, pair)}, 2 * interval, false},
		"a day after the first":         {[]consensus.Evidence{w.offence(0, 0, pair), w.offence(0, 5, pair)}, day, true},
		"longer after the first":        {[]consensus.Evidence{w.offence(0, 0, pair), w.offence(0, 5, pair)}, day + 1, false},
		"a day after the second of 3":   {[]consensus.Evidence{w.offence(0, 0, pair), w.offence(0, 3, pair), w.offence(0, 9, pair)}, day + 3*interval, true},
		"longer after the second of 3":  {[]consensus.Evidence{w.offence(0, 9, pair), w.offence(0, 3, pair), w.offence(0, 0, pair)}, day + 3*interval + 1, false},
		"the second one again and over": {[]consensus.Evidence{w.offence(0, 0, pair), w.offence(0, 3, pair), w.offence(0, 3, btc)}, day + 1, false},
	} {
		e := w.engine(3)
		e.RestoreEvidence(c.evidence, at(c.now))
		want := []consensus.Refusal{"", ""}
		if c.banned {
			want[0] = consensus.RefusedBanned
		}
		if got := w.refusals(e, at(c.now), 0, 2); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// TestBanIsAgreedUpon: nodes that hold the same evidence, in whatever order and by whatever way it came, refuse the same;
// and two newest rounds are enough to know.
func TestBanIsAgreedUpon(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t, 4)
		rounds := rapid.SliceOfN(rapid.IntRange(0, 200), 0, 6).Draw(t, "rounds")
		now := at(time.Duration(200+rapid.IntRange(1, 100).Draw(t, "later")) * interval)
		var evidence []consensus.Evidence
		recent := make(map[int]bool)
		for _, r := range rounds {
			evidence = append(evidence, w.offence(0, r, rapid.SampledFrom([]price.Pair{pair, "BTC-USD"}).Draw(t, "pair")))
			if !round.Start().Add(time.Duration(r) * interval).Add(day).Before(now) {
				recent[r] = true
			}
		}
		restored, live := w.engine(3), w.engine(3)
		restored.RestoreEvidence(rapid.Permutation(evidence).Draw(t, "order"), now)
		for _, v := range evidence {
			live.ReceiveEvidence(v.Encode(), v.First.Observation.Round.Start())
		}
		want := []consensus.Refusal{""}
		if len(recent) >= 2 {
			want[0] = consensus.RefusedBanned
		}
		for _, e := range []*consensus.Engine{restored, live} {
			if got := w.refusals(e, now, 0); !slices.Equal(got, want) {
				t.Fatalf("rounds %v at %s: %q, want %q", rounds, now, got, want)
			}
		}
	})
}
