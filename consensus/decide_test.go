package consensus_test

import (
	"slices"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/global/price"
)

// observe gives an engine its own price of the tests' pair.
func observe(t failer, e *consensus.Engine, own string, when time.Time) price.Quote {
	t.Helper()
	q := price.Quote{Pair: pair, Price: parsePrice(t, own), At: when}
	e.Observe(q)
	return q
}

// TestDecideBorders tries each border of section 3.5, for an observation of 3000 one second into the round.
func TestDecideBorders(t *testing.T) {
	t.Parallel()
	const observed, tick = time.Second, time.Nanosecond
	w := newWorld(t, 4)
	for name, c := range map[string]struct {
		own  string
		when time.Duration // from the observation
		want consensus.Refusal
	}{
		"the same":            {"3000", 0, ""},
		"lowest own price":    {"2970.297029702970297030", 0, ""},
		"below":               {"2970.297029702970297029", 0, consensus.RefusedDeviation},
		"highest own price":   {"3030.303030303030303030", 0, ""},
		"above":               {"3030.303030303030303031", 0, consensus.RefusedDeviation},
		"far off":             {"99999999999999999999", 0, consensus.RefusedDeviation},
		"fetched long before": {"3000", -settle, ""},
		"too long before":     {"3000", -settle - tick, consensus.RefusedNoPrice},
		"fetched long after":  {"3000", settle, ""},
		"too long after":      {"3000", settle + tick, consensus.RefusedNoPrice},
		"stale and far off":   {"1", settle + tick, consensus.RefusedNoPrice},
	} {
		e, o := w.engine(3), w.observation(0)
		expect(t, e.Receive(w.report(o, 0).Encode(), at(observed)), consensus.Accepted)
		own := observe(t, e, c.own, at(observed+c.when))
		if c.want == consensus.RefusedNoPrice {
			own = price.Quote{}
		}
		decisions, wanted, _ := e.Decide(at(observed + settle + tick))
		want := consensus.Decision{ID: o.Digest(w.domain), Observation: o, Refusal: c.want, Own: own}
		if !slices.Equal(decisions, []consensus.Decision{want}) || wanted != nil {
			t.Errorf("%s: %+v, wanted %v", name, decisions, wanted)
		}
		if decisions, wanted, _ = e.Decide(at(observed + settle + tick)); decisions != nil || wanted != nil {
			t.Errorf("%s: decided twice: %+v, %v", name, decisions, wanted)
		}
	}
}

// TestExactDeviation has an own price at which one percent is exact.
func TestExactDeviation(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	for seen, want := range map[string]consensus.Refusal{
		"3030": "", "3030.000000000000000001": consensus.RefusedDeviation,
		"2970": "", "2969.999999999999999999": consensus.RefusedDeviation,
	} {
		e, o := w.engine(3), w.observation(0)
		o.Price = parsePrice(t, seen)
		expect(t, e.Receive(w.report(o, 0).Encode(), at(time.Second)), consensus.Accepted)
		observe(t, e, "3000", at(time.Second))
		if decisions, _, _ := e.Decide(at(time.Minute)); len(decisions) != 1 || decisions[0].Refusal != want {
			t.Errorf("%s: %+v, want %q", seen, decisions, want)
		}
	}
}

// TestWanted asks for a price while one could still help, and not before.
func TestWanted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 6)
	w.policy.Freshness = 2 * time.Second
	e := w.engine(5)
	ahead := w.observation(2) // by a clock that is five seconds ahead
	ahead.ObservedAt = consensus.MillisOf(at(6 * time.Second))
	bitcoin := w.observation(3)
	bitcoin.Pair = "BTC-USD"
	for i, o := range []consensus.Observation{w.observation(0), w.observation(1), ahead, bitcoin} {
		expect(t, e.Receive(w.report(o, i).Encode(), at(time.Second)), consensus.Accepted)
	}
	check := func(now time.Duration, decided int, want ...price.Pair) {
		t.Helper()
		decisions, wanted, _ := e.Decide(at(now))
		slices.Sort(wanted)
		if len(decisions) != decided || !slices.Equal(wanted, want) {
			t.Errorf("at %s: %+v, wanted %v; want %d and %v", now, decisions, wanted, decided, want)
		}
	}
	check(3*time.Second, 0, "BTC-USD", pair)
	check(3*time.Second, 0, "BTC-USD", pair) // asked again as long as nothing came
	observe(t, e, "3000", at(3*time.Second))
	check(3*time.Second, 2, "BTC-USD")      // the one from ahead can't be judged yet
	check(3*time.Second+time.Nanosecond, 1) // too late for bitcoin: refused
	check(4*time.Second-time.Nanosecond, 0) // still too early
	check(4*time.Second, 0, pair)           // now
	check(8*time.Second, 0, pair)           // and for the last time
	observe(t, e, "3000", at(8*time.Second))
	check(8*time.Second, 1)
}

// TestExempt lists when there is nothing to decide, though there is a price.
func TestExempt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	o := w.observation(0)
	for name, c := range map[string]struct {
		self    int
		signers []int
		exempt  bool
	}{
		"needed":              {3, []int{0, 1}, false},
		"quorum is known":     {3, []int{0, 1, 2}, true},
		"signed already":      {1, []int{0, 1}, true},
		"its own":             {0, []int{0}, true},
		"not in the roster":   {4, []int{0}, true},
		"a member's first":    {2, []int{0}, false},
		"strangers do nought": {3, []int{0, 1, 5, 6}, false},
	} {
		e := w.engine(c.self)
		observe(t, e, "3000", at(time.Second))
		expect(t, e.Receive(w.report(o, c.signers...).Encode(), at(time.Second)), consensus.Accepted)
		if decisions, wanted, _ := e.Decide(at(time.Minute)); (len(decisions) == 0) != c.exempt || wanted != nil {
			t.Errorf("%s: %+v, wanted %v", name, decisions, wanted)
		}
		if s := e.Sizes(); s.Undecided != 0 {
			t.Errorf("%s: still undecided: %+v", name, s)
		}
	}
}

// TestQuorumWhileWaiting: a quorum that arrives before the own price ends the wait.
func TestQuorumWhileWaiting(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	e, o := w.engine(3), w.observation(0)
	expect(t, e.Receive(w.report(o, 0).Encode(), at(time.Second)), consensus.Accepted)
	if decisions, wanted, _ := e.Decide(at(time.Second)); decisions != nil || !slices.Equal(wanted, []price.Pair{pair}) {
		t.Errorf("%+v, wanted %v", decisions, wanted)
	}
	expect(t, e.Receive(w.report(o, 0, 1, 2).Encode(), at(time.Second)), consensus.Accepted)
	if decisions, wanted, _ := e.Decide(at(time.Second)); decisions != nil || wanted != nil {
		t.Errorf("%+v, wanted %v", decisions, wanted)
	}
}

// TestReconsider has a decision that the journal could not take: it comes again, and what is forgotten does not.
func TestReconsider(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	e, o := w.engine(3), w.observation(0)
	expect(t, e.Receive(w.report(o, 0).Encode(), at(time.Second)), consensus.Accepted)
	observe(t, e, "3000", at(time.Second))
	first, _, _ := e.Decide(at(2 * time.Second))
	e.Reconsider(first[0])
	if again, _, _ := e.Decide(at(2 * time.Second)); !slices.Equal(again, first) {
		t.Errorf("decided %+v, then %+v", first, again)
	}
	o.Proposer = w.keys[1].Address()
	e.Reconsider(consensus.Decision{Observation: o})
	if decisions, _, _ := e.Decide(at(2 * time.Second)); decisions != nil {
		t.Errorf("decided about an observation that is not held: %+v", decisions)
	}
}
