package consensus_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// TestConviction: a second observation with the proposer's own signature convicts his place, whoever else signed it or
// not, once. What was merged before stays.
func TestConviction(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	one, two, three := w.priced(0, "3000"), w.priced(0, "3001"), w.priced(0, "3002")
	want := w.evidence(0, one, two)
	for name, c := range map[string]struct {
		self   int
		second consensus.Report
	}{
		"alone":                 {3, w.report(two, 0)},
		"with co-signers":       {3, w.report(two, 0, 1, 2)},
		"with a forged one":     {3, w.reportWithDamaged(two, 2, 0, 1, 2)}, // not looked at: it is not merged
		"with strangers":        {3, w.report(two, 0, 4, 5, 6, 7, 8)},
		"in the node's name":    {0, w.report(two, 0)},
		"to one without a seat": {5, w.report(two, 0)},
	} {
		e, now := w.engine(c.self), at(time.Minute)
		expect(t, e.Receive(w.report(one, 0, 1).Encode(), now), consensus.Accepted)
		expect(t, e.Receive(w.reportWithDamaged(two, 0, 0, 1).Encode(), now), consensus.BadSignature)
		if s := e.Sizes(); s.Convicted != 0 || s.Offenders != 0 {
			t.Errorf("%s: convicted without the proposer's signature: %+v", name, s)
		}
		got := expect(t, e.Receive(c.second.Encode(), now), consensus.Equivocation)
		if got.Evidence == nil || !reflect.DeepEqual(*got.Evidence, want) || got.New != nil || got.Observation != two {
			t.Errorf("%s: change %+v", name, got)
		}
		for _, more := range []consensus.Report{c.second, w.report(three, 0), w.reportWithDamaged(three, 0, 0)} {
			if again := expect(t, e.Receive(more.Encode(), now), consensus.Equivocation); again.Evidence != nil {
				t.Errorf("%s: convicted again: %+v", name, again)
			}
			if n := e.Unverified(more, now); n != 0 {
				t.Errorf("%s: %d signatures at a convicted place are verified", name, n)
			}
		}
		if s := e.Sizes(); s.Convicted != 1 || s.Offenders != 1 || s.Tallies != 1 || s.Attestations != 2 {
			t.Errorf("%s: it holds %+v", name, s)
		}
	}
}

// TestLateSecondObservation: as long as the first one is held, a second one is a proof, though it could not enter.
func TestLateSecondObservation(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	future := w.priced(0, "3001")
	future.ObservedAt = lastMillis // not what an honest node signs, but signed
	for _, second := range []consensus.Observation{w.priced(0, "3001"), future} {
		for now, want := range map[time.Duration]consensus.Outcome{
			interval + skew + 1: consensus.Equivocation, 3*interval - 1: consensus.Equivocation, 3 * interval: consensus.Stale,
		} {
			e := w.engine(3)
			expect(t, e.Receive(w.report(w.priced(0, "3000"), 0).Encode(), at(time.Minute)), consensus.Accepted)
			c := expect(t, e.Receive(w.report(second, 0).Encode(), at(now)), want)
			if (c.Evidence != nil) != (want == consensus.Equivocation) {
				t.Errorf("after %s: %+v", now, c)
			}
		}
	}
	e := w.engine(3) // and what is not held proves nothing
	expect(t, e.Receive(w.report(future, 0).Encode(), at(time.Minute)), consensus.Stale)
}

// TestConvictionOvertaken: the first observation takes the place while the second one's signatures are verified.
func TestConvictionOvertaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	one, two := w.priced(0, "3000"), w.priced(0, "3001")
	for name, second := range map[string]consensus.Report{"alone": w.report(two, 0), "with others": w.report(two, 0, 1, 2)} {
		e := w.engine(3)
		_, commit := e.Verified(second.Encode(), at(time.Minute))
		expect(t, e.Receive(w.report(one, 0).Encode(), at(time.Minute)), consensus.Accepted)
		c := expect(t, commit(), consensus.Equivocation)
		if c.Evidence == nil || !reflect.DeepEqual(*c.Evidence, w.evidence(0, one, two)) {
			t.Errorf("%s: %+v", name, c)
		}
		if c = expect(t, commit(), consensus.Equivocation); c.Evidence != nil {
			t.Errorf("%s: convicted twice: %+v", name, c)
		}
	}
}

// TestRivalForgottenMeanwhile: only the proposer's signature was looked at, so the report can't be merged when the place
// gets free.
func TestRivalForgottenMeanwhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	one, two := w.priced(0, "3000"), w.priced(0, "3001")
	e := w.engine(3)
	expect(t, e.Receive(w.report(one, 0).Encode(), at(time.Minute)), consensus.Accepted)
	outcome, commit := e.Verified(w.reportWithDamaged(two, 1, 0, 1).Encode(), at(time.Minute))
	e.Forget(one)
	expect(t, commit(), consensus.Stale)
	if s := e.Sizes(); outcome != consensus.Equivocation || s != (consensus.Sizes{}) {
		t.Errorf("%s, it holds %+v", outcome, s)
	}
}

// TestNobodyIsConvictedByOthers shows all that others can sign about a proposer.
func TestNobodyIsConvictedByOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	one, two := w.priced(0, "3000"), w.priced(0, "3001")
	other := w
	other.domain = signing.NewDomain("othernet")
	e := w.engine(3)
	expect(t, e.Receive(w.report(one, 0, 1).Encode(), at(time.Minute)), consensus.Accepted)
	forged := w.report(two, 0, 1)
	forged.Attestations[0].Signature = w.attest(two, 1).Signature
	replayed := w.report(two, 0)
	replayed.Attestations[0].Signature = w.attest(one, 0).Signature
	again := w.report(one, 0)
	again.Attestations[0].Signature = anotherSignature(t, w.keys[0], one.Digest(w.domain))
	for want, reports := range map[consensus.Outcome][]consensus.Report{
		consensus.BadSignature: {forged, replayed, other.report(two, 0)},
		consensus.Duplicate:    {again},
	} {
		for _, r := range reports {
			if c := expect(t, e.Receive(r.Encode(), at(time.Minute)), want); c.Evidence != nil {
				t.Errorf("evidence: %+v", c.Evidence)
			}
		}
	}
	if s := e.Sizes(); s.Convicted+s.Offenders != 0 {
		t.Errorf("it holds %+v", s)
	}
}
