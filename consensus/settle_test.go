package consensus_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
)

// complete brings an engine of 8 members to quorum one minute into the round.
func complete(t failer) (w world, e *consensus.Engine, o consensus.Observation) {
	t.Helper()
	w = newWorld(t, 8)
	e, o = w.engine(7), w.observation(0)
	if c := e.Receive(w.report(o, 0, 1, 2).Encode(), at(time.Minute)); !c.Quorum {
		t.Fatalf("change %+v", c)
	}
	return w, e, o
}

// TestSettleBorders sends one attestation after another. A certificate takes those that come before it is due, and not
// later than two settle periods after quorum (section 3.6).
func TestSettleBorders(t *testing.T) {
	t.Parallel()
	const tick = time.Millisecond
	for name, c := range map[string]struct {
		after    []time.Duration // quorum, of members 3, 4, 5, ..
		included int
		last     time.Duration // attestation included, after quorum
	}{
		"none":                        {nil, 3, 0},
		"at once":                     {[]time.Duration{0}, 4, 0},
		"just before it is due":       {[]time.Duration{settle - tick}, 4, settle - tick},
		"when it is due":              {[]time.Duration{settle}, 3, 0},
		"one puts it off":             {[]time.Duration{settle - tick, settle}, 5, settle},
		"the due one is put off":      {[]time.Duration{20 * time.Second, 50*time.Second - tick, 50 * time.Second}, 6, 50 * time.Second},
		"due in between":              {[]time.Duration{20 * time.Second, 50 * time.Second, 51 * time.Second}, 4, 20 * time.Second},
		"two settle periods":          {[]time.Duration{25 * time.Second, 50 * time.Second, 2 * settle}, 6, 2 * settle},
		"after two settle periods":    {[]time.Duration{25 * time.Second, 50 * time.Second, 2*settle + tick}, 5, 50 * time.Second},
		"in the last millisecond too": {[]time.Duration{25 * time.Second, 50 * time.Second, 2*settle + tick - 1}, 6, 2 * settle},
	} {
		w, e, o := complete(t)
		signers := []int{0, 1, 2}
		for i, after := range c.after {
			signers = append(signers, 3+i)
			got := expect(t, e.Receive(w.report(o, 0, 3+i).Encode(), at(time.Minute+after)), consensus.Accepted)
			if got.Quorum {
				t.Errorf("%s: quorum again", name)
			}
		}
		if got := known(e, o, at(time.Minute)); !reflect.DeepEqual(got, w.report(o, signers...)) {
			t.Errorf("%s: it knows %v", name, got) // late ones are known, and passed on, all the same
		}
		want := consensus.Certificate{
			ID: o.Digest(w.domain), Report: w.report(o, signers[:c.included]...), LastSigned: at(time.Minute + c.last),
		}
		if got := e.Unsaved(); len(got) != 1 || !reflect.DeepEqual(got[0], want) {
			t.Errorf("%s: certificate %+v, want %+v", name, got, want)
		}
	}
}

func TestLastSignedIsWholeMilliseconds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	e, o := w.engine(3), w.observation(0)
	zone := time.FixedZone("east", 3600)
	expect(t, e.Receive(w.report(o, 0, 1, 2).Encode(), at(time.Minute+1_999_999).In(zone)), consensus.Accepted)
	if got := e.Unsaved()[0].LastSigned; !reflect.DeepEqual(got, at(time.Minute+time.Millisecond)) {
		t.Errorf("last signed %v", got)
	}
}

func TestUnsavedUntilSaved(t *testing.T) {
	t.Parallel()
	w, e, o := complete(t)
	first := e.Unsaved()
	if again := e.Unsaved(); !reflect.DeepEqual(again, first) {
		t.Errorf("asked again: %+v, want %+v", again, first)
	}
	expect(t, e.Receive(w.report(o, 0, 3).Encode(), at(time.Minute)), consensus.Accepted)
	if verified := e.Saved(first); !reflect.DeepEqual(verified, first) {
		t.Errorf("verified %+v", verified)
	}
	grown := e.Unsaved()
	if len(grown) != 1 || !reflect.DeepEqual(grown[0].Report, w.report(o, 0, 1, 2, 3)) {
		t.Fatalf("grown while it was saved: %+v", grown)
	}
	if verified := e.Saved(grown); verified != nil || e.Unsaved() == nil || len(e.Unsaved()) != 0 {
		t.Errorf("saved for the second time: verified %+v, unsaved %+v", verified, e.Unsaved())
	}
	if verified := e.Saved(grown); verified != nil {
		t.Errorf("saved for the third time: %+v", verified)
	}
	expect(t, e.Receive(w.report(o, 0, 4).Encode(), at(time.Minute+settle)), consensus.Accepted)
	if late := e.Unsaved(); len(late) != 0 {
		t.Errorf("late attestations are not to be saved: %+v", late)
	}
}

func TestUnsavedOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	e := w.engine(3)
	for _, i := range []int{2, 0, 1} {
		o := w.observation(0)
		o.Round += consensus.Round(i * 600)
		o.ObservedAt = consensus.MillisOf(o.Round.Start())
		expect(t, e.Receive(w.report(o, 0, 1, 2).Encode(), o.Round.Start()), consensus.Accepted)
	}
	certificates := e.Unsaved()
	if len(certificates) != 3 || !slices.IsSortedFunc(certificates, func(a, b consensus.Certificate) int {
		return int(a.Observation.Round) - int(b.Observation.Round)
	}) {
		t.Errorf("certificates %+v", certificates)
	}
}
