package consensus_test

import (
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/global"
)

func TestReceiveEvidence(t *testing.T) {
	t.Parallel()
	w, v := goodEvidence(t)
	e, now := w.engine(3), at(time.Minute)
	c := expect(t, e.ReceiveEvidence(v.Encode(), now), consensus.Accepted)
	if c.Evidence == nil || !reflect.DeepEqual(*c.Evidence, v) || c.Observation != v.First.Observation {
		t.Errorf("change %+v", c)
	}
	third := w.priced(0, "3002")
	for name, more := range map[string]consensus.Evidence{
		"the same":          v,
		"another pair":      w.evidence(0, v.First.Observation, third),
		"not even verified": {First: v.First, Second: w.reportWithDamaged(third, 0, 0)},
	} {
		if c = e.ReceiveEvidence(more.Encode(), now); c.Outcome != consensus.Duplicate || c.Evidence != nil {
			t.Errorf("%s: %+v", name, c)
		}
	}
	for _, o := range []consensus.Observation{v.Second.Observation, v.First.Observation} { // either may come later, and one is held
		c = e.Receive(w.report(o, 0).Encode(), now)
		if c.Evidence != nil {
			t.Errorf("convicted again: %+v", c)
		}
	}
	if s := e.Sizes(); s.Convicted != 1 || s.Offenders != 1 || s.Tallies != 1 {
		t.Errorf("it holds %+v", s)
	}
}

// TestEvidenceRefused tries each check and its borders. What is refused convicts nobody.
func TestEvidenceRefused(t *testing.T) {
	t.Parallel()
	w, good := goodEvidence(t)
	of := func(change func(*consensus.Observation)) consensus.Evidence {
		one, two := w.priced(0, "3000"), w.priced(0, "3001")
		change(&one)
		change(&two)
		return w.evidence(0, one, two)
	}
	same := func(*consensus.Observation) {}
	foreign, forged := of(same), of(same)
	foreign.First.Network, foreign.Second.Network = "othernet", "othernet"
	forged.First.Attestations[0] = damaged(forged.First.Attestations[0])
	for name, c := range map[string]struct {
		evidence consensus.Evidence
		now      time.Duration
		want     consensus.Outcome
	}{
		"good":                       {good, time.Minute, consensus.Accepted},
		"another network":            {foreign, time.Minute, consensus.ForeignNetwork},
		"unknown pair":               {of(func(o *consensus.Observation) { o.Pair = "DOGE-USD" }), time.Minute, consensus.UnknownPair},
		"misaligned":                 {of(func(o *consensus.Observation) { o.Round++ }), time.Minute, consensus.Misaligned},
		"too early":                  {good, -skew - 1, consensus.Stale},
		"by a clock that is ahead":   {good, -skew, consensus.Accepted},
		"last":                       {good, 3*interval - 1, consensus.Accepted},
		"too late":                   {good, 3 * interval, consensus.Stale},
		"of a stranger":              {w.evidence(5, w.priced(5, "3000"), w.priced(5, "3001")), time.Minute, consensus.UnknownProposer},
		"the first one forged":       {forged, time.Minute, consensus.BadSignature},
		"the second one forged":      {consensus.Evidence{First: good.First, Second: w.reportWithDamaged(good.Second.Observation, 0, 0)}, time.Minute, consensus.BadSignature},
		"observed whenever":          {of(func(o *consensus.Observation) { o.ObservedAt = lastMillis }), time.Minute, consensus.Accepted},
		"of one price":               {consensus.NewEvidence(good.First, good.First), time.Minute, consensus.Malformed},
		"at two times, of one price": {w.evidence(0, w.priced(0, "3000"), of(func(o *consensus.Observation) { o.ObservedAt++ }).First.Observation), time.Minute, consensus.Accepted},
	} {
		e, convicted := w.engine(3), 0
		got := e.ReceiveEvidence(c.evidence.Encode(), at(c.now))
		if c.want == consensus.Accepted {
			convicted = 1
		}
		if got.Outcome != c.want || (got.Evidence != nil) != (convicted == 1) {
			t.Errorf("%s: %+v, want %s", name, got, c.want)
		}
		if s := e.Sizes(); s != (consensus.Sizes{Convicted: convicted, Offenders: convicted}) {
			t.Errorf("%s: it holds %+v", name, s)
		}
	}
	for _, junk := range [][]byte{nil, []byte("junk"), good.First.Encode(), make([]byte, global.MaxEvidenceBytes+1)} {
		expect(t, w.engine(3).ReceiveEvidence(junk, at(time.Minute)), consensus.Malformed)
	}
}

// TestVerifiedSignaturesOfEvidence: what a tally holds is not recovered again. To show it, the engine is made to hold a
// signature of its own that is none; only the very same one is taken for verified.
func TestVerifiedSignaturesOfEvidence(t *testing.T) {
	t.Parallel()
	w, v := goodEvidence(t)
	e := w.engine(0)
	held := w.reportWithDamaged(v.First.Observation, 0, 0)
	if _, c := e.Admit(held, at(time.Minute)); c.Outcome != consensus.Accepted {
		t.Fatalf("change %+v", c)
	}
	other := held
	other.Attestations = w.reportWithDamaged(v.Second.Observation, 0, 0).Attestations
	expect(t, e.ReceiveEvidence(consensus.NewEvidence(other, v.Second).Encode(), at(time.Minute)), consensus.BadSignature)
	expect(t, e.ReceiveEvidence(consensus.NewEvidence(held, v.Second).Encode(), at(time.Minute)), consensus.Accepted)
}

// TestEvidenceOvertaken: the same evidence, or the second report itself, is faster.
func TestEvidenceOvertaken(t *testing.T) {
	t.Parallel()
	w, v := goodEvidence(t)
	for name, overtake := range map[string]func(*consensus.Engine) consensus.Change{
		"by evidence": func(e *consensus.Engine) consensus.Change { return e.ReceiveEvidence(v.Encode(), at(time.Minute)) },
		"by reports": func(e *consensus.Engine) consensus.Change {
			expect(t, e.Receive(v.First.Encode(), at(time.Minute)), consensus.Accepted)
			return e.Receive(v.Second.Encode(), at(time.Minute))
		},
	} {
		e := w.engine(3)
		outcome, commit := e.VerifiedEvidence(v, at(time.Minute))
		if c := overtake(e); c.Evidence == nil || outcome != consensus.Accepted {
			t.Errorf("%s: %s, %+v", name, outcome, c)
		}
		if c := expect(t, commit(), consensus.Duplicate); c.Evidence != nil {
			t.Errorf("%s: convicted twice: %+v", name, c)
		}
	}
}

// TestConcurrentEvidence: many goroutines bring the same evidence, and reports, and one of them convicts.
func TestConcurrentEvidence(t *testing.T) {
	t.Parallel()
	w, v := goodEvidence(t)
	e, now := w.engine(3), at(time.Minute)
	messages := []func() consensus.Change{
		func() consensus.Change { return e.ReceiveEvidence(v.Encode(), now) },
		func() consensus.Change { return e.Receive(v.First.Encode(), now) },
		func() consensus.Change { return e.Receive(v.Second.Encode(), now) },
	}
	var convictions atomic.Int64
	var all sync.WaitGroup
	for i := range 24 {
		all.Go(func() {
			if c := messages[i%3](); c.Evidence != nil {
				convictions.Add(1)
				if !reflect.DeepEqual(*c.Evidence, v) {
					t.Errorf("evidence %+v, want %+v", *c.Evidence, v)
				}
			}
			e.Decide(now)
		})
	}
	all.Wait()
	if n := convictions.Load(); n != 1 {
		t.Errorf("convicted %d times", n)
	}
}
