package consensus_test

import (
	"errors"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

// priced returns what a signer proposes, at another price.
func (w world) priced(proposer int, decimal string) consensus.Observation {
	o := w.observation(proposer)
	o.Price = parsePrice(w.t, decimal)
	return o
}

// evidence returns what two observations of one proposer prove.
func (w world) evidence(proposer int, a, b consensus.Observation) consensus.Evidence {
	return consensus.NewEvidence(w.report(a, proposer), w.report(b, proposer))
}

func goodEvidence(t failer) (world, consensus.Evidence) {
	t.Helper()
	w := newWorld(t, 4)
	return w, w.evidence(0, w.priced(0, "3000"), w.priced(0, "3001"))
}

// evidences draws evidence of the right form; its signatures are real but of other digests.
func evidences() *rapid.Generator[consensus.Evidence] {
	return rapid.Custom(func(t *rapid.T) consensus.Evidence {
		first := reports().Draw(t, "first")
		second := first
		second.Attestations = []consensus.Attestation{{Signer: first.Observation.Proposer, Signature: anySignature(t)}}
		if rapid.Bool().Draw(t, "other price") {
			second.Observation.Price = prices().Draw(t, "price")
		}
		second.Observation.ObservedAt = consensus.Millis(rapid.Uint64Range(1, lastMillis).Draw(t, "observedAt"))
		if second.Observation == first.Observation {
			second.Observation.ObservedAt = first.Observation.ObservedAt%lastMillis + 1
		}
		return consensus.NewEvidence(first, second)
	})
}

// TestEvidenceHasOneForm: whoever meets the two reports first, and whatever else they carry, the evidence is the same.
func TestEvidenceHasOneForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	low, high := w.priced(0, "3000"), w.priced(0, "3001")
	later := low
	later.ObservedAt++
	for name, c := range map[string][2]consensus.Observation{
		"by price": {low, high}, "by time": {low, later}, "price before time": {later, high},
	} {
		want := consensus.Evidence{First: w.report(c[0], 0), Second: w.report(c[1], 0)}
		for _, got := range []consensus.Evidence{
			consensus.NewEvidence(w.report(c[0], 0), w.report(c[1], 0)),
			consensus.NewEvidence(w.report(c[1], 0), w.report(c[0], 0)),
			consensus.NewEvidence(w.report(c[1], 0, 1, 2), w.report(c[0], 0, 3)),
		} {
			if !reflect.DeepEqual(got, want) || got.Verify(w.policy.Roster.Contains) != nil {
				t.Errorf("%s: %+v, want %+v", name, got, want)
			}
		}
	}
	whole := w.report(low, 0, 1, 2)
	consensus.NewEvidence(whole, w.report(high, 0))
	if !reflect.DeepEqual(whole, w.report(low, 0, 1, 2)) {
		t.Errorf("the caller's report was changed: %+v", whole)
	}
}

// TestForgedEvidence tries what does not prove that one proposer signed two observations for one pair and round.
func TestForgedEvidence(t *testing.T) {
	t.Parallel()
	w, good := goodEvidence(t)
	changed := func(change func(*consensus.Observation)) consensus.Evidence {
		o := w.priced(0, "3001")
		change(&o)
		return consensus.Evidence{First: good.First, Second: w.report(o, 0)}
	}
	foreign := w
	foreign.domain = signing.NewDomain("othernet")
	elsewhere := consensus.Evidence{First: good.First, Second: foreign.report(w.priced(0, "3001"), 0)}
	named := elsewhere
	named.Second.Network = "othernet"
	with := func(second ...consensus.Attestation) consensus.Evidence {
		e := good
		e.Second.Attestations = second
		return e
	}
	for name, c := range map[string]struct {
		evidence consensus.Evidence
		want     error
	}{
		"nothing":             {consensus.Evidence{}, global.ErrMalformed},
		"one price":           {consensus.NewEvidence(good.First, good.First), global.ErrMalformed},
		"in the wrong order":  {consensus.Evidence{First: good.Second, Second: good.First}, global.ErrMalformed},
		"of two pairs":        {changed(func(o *consensus.Observation) { o.Pair = "BTC-USD" }), global.ErrMalformed},
		"of two rounds":       {changed(func(o *consensus.Observation) { o.Round += 600 }), global.ErrMalformed},
		"of two proposers":    {consensus.Evidence{First: good.First, Second: w.report(w.priced(1, "3001"), 1)}, global.ErrMalformed},
		"of two networks":     {named, global.ErrMalformed},
		"of another network":  {elsewhere, global.ErrSignature},
		"without a signature": {with(), global.ErrMalformed},
		"with a co-signer":    {with(w.report(good.Second.Observation, 0, 1).Attestations...), global.ErrMalformed},
		"by a co-signer":      {with(w.attest(good.Second.Observation, 1)), global.ErrMalformed},
		"in another's name": {with(consensus.Attestation{
			Signer: w.keys[0].Address(), Signature: w.attest(good.Second.Observation, 1).Signature,
		}), global.ErrSignature},
		"one signature twice": {with(good.First.Attestations...), global.ErrSignature},
		"damaged":             {with(damaged(good.Second.Attestations[0])), global.ErrSignature},
		"of a stranger":       {w.evidence(5, w.priced(5, "3000"), w.priced(5, "3001")), global.ErrNotMember},
	} {
		if err := c.evidence.Verify(w.policy.Roster.Contains); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if err := good.Verify(w.policy.Roster.Contains); err != nil || good.Proposer() != w.keys[0].Address() {
		t.Errorf("good evidence against %s: %v", good.Proposer(), err)
	}
}
