package consensus_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// restored returns an engine that starts again with what another one saved.
func restored(w world, certificates []consensus.Certificate, now time.Time) *consensus.Engine {
	e := w.engine(7)
	e.Restore(certificates, now)
	return e
}

func TestRestore(t *testing.T) {
	t.Parallel()
	w, old, o := complete(t)
	now := at(time.Minute + settle - time.Millisecond)
	e := restored(w, old.Unsaved(), now)
	if got := known(e, o, now); !reflect.DeepEqual(got, w.report(o, 0, 1, 2)) || len(e.Unsaved()) != 0 {
		t.Errorf("restored: it knows %v, unsaved %v", got, e.Unsaved())
	}
	if decisions, wanted, _ := e.Decide(now); decisions != nil || wanted != nil {
		t.Errorf("a complete one is decided: %v, %v", decisions, wanted)
	}
	c := expect(t, e.Receive(w.report(o, 0, 1, 3).Encode(), now), consensus.Accepted)
	if c.Quorum || c.Signers != 4 {
		t.Errorf("grown after restoring: %+v", c)
	}
	grown := e.Unsaved()
	if len(grown) != 1 || !reflect.DeepEqual(grown[0].Report, w.report(o, 0, 1, 2, 3)) || !grown[0].LastSigned.Equal(now) {
		t.Errorf("grown after restoring: %+v", grown)
	}
	if verified := e.Saved(grown); verified != nil {
		t.Errorf("verified for the second time: %+v", verified)
	}
	other := o
	other.Price = parsePrice(t, "3001")
	expect(t, e.Receive(w.report(other, 0).Encode(), now), consensus.Equivocation)
}

// TestRestoreKeepsTimes: the settle period goes on where it was when the node stopped.
func TestRestoreKeepsTimes(t *testing.T) {
	t.Parallel()
	w, old, o := complete(t)
	e := restored(w, old.Unsaved(), at(time.Minute+settle))
	expect(t, e.Receive(w.report(o, 0, 3).Encode(), at(time.Minute+settle)), consensus.Accepted)
	if late := e.Unsaved(); len(late) != 0 {
		t.Errorf("grown when it was due: %+v", late)
	}
}

func TestRestoreLeavesOut(t *testing.T) {
	t.Parallel()
	w, old, o := complete(t)
	saved := old.Unsaved()
	for name, c := range map[string]struct {
		change func(*consensus.Policy)
		now    time.Time
		want   []int // the signers that are known then
	}{
		"nothing":            {func(*consensus.Policy) {}, at(3*interval - 1), []int{0, 1, 2}},
		"what is over":       {func(*consensus.Policy) {}, at(3 * interval), nil},
		"a lost proposer's":  {func(p *consensus.Policy) { p.Roster = rosterOf(w, 1, 2, 3, 4) }, at(time.Hour / 4), nil},
		"a lost signer":      {func(p *consensus.Policy) { p.Roster = rosterOf(w, 0, 1, 3, 4) }, at(time.Hour / 4), []int{0, 1}},
		"another network":    {func(p *consensus.Policy) { p.Network = "othernet" }, at(time.Hour / 4), nil},
		"a place taken else": {func(*consensus.Policy) {}, at(time.Hour / 4), []int{0, 1, 2}},
	} {
		changed := w
		c.change(&changed.policy)
		e := restored(changed, append(saved, otherPrice(t, saved[0])), c.now)
		want := consensus.Report{}
		if c.want != nil {
			want = w.report(o, c.want...)
		}
		if got := known(e, o, c.now); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: it knows %v, want %v", name, got, want)
		}
		if s := e.Sizes(); s.Tallies != min(1, len(c.want)) || s.Places != s.Tallies {
			t.Errorf("%s: it holds %+v", name, s)
		}
	}
}

func rosterOf(w world, members ...int) consensus.Roster {
	var list []signing.Address
	for _, i := range members {
		list = append(list, w.keys[i].Address())
	}
	return consensus.NewRoster(list...)
}

func otherPrice(t *testing.T, c consensus.Certificate) consensus.Certificate {
	t.Helper()
	c.Observation.Price = parsePrice(t, "1")
	return c
}

// TestRestoreIsIdempotent: no signer counts twice, whatever is admitted before and however often it is restored.
func TestRestoreIsIdempotent(t *testing.T) {
	t.Parallel()
	w, old, o := complete(t)
	e := w.engine(7)
	if _, c := e.Admit(w.report(o, 0, 1), at(time.Minute)); c.Signers != 2 || c.Quorum {
		t.Errorf("admitted: %+v", c)
	}
	e.Restore(old.Unsaved(), at(time.Minute))
	e.Restore(old.Unsaved(), at(time.Minute))
	r, c := e.Admit(w.report(o, 0, 1, 2), at(time.Minute))
	if c.Outcome != consensus.Duplicate || !reflect.DeepEqual(r, w.report(o, 0, 1, 2)) {
		t.Errorf("it knows %v; %+v", r, c)
	}
	if s := e.Sizes(); s.Attestations != 3 || s.Tallies != 1 || len(e.Unsaved()) != 0 {
		t.Errorf("it holds %+v", s)
	}
}

func TestAdmit(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	e, o := w.engine(3), w.observation(0)
	r, c := e.Admit(w.report(o, 3), at(time.Minute))
	if c.Outcome != consensus.Stale || !reflect.DeepEqual(r, consensus.Report{}) {
		t.Errorf("without the proposer's attestation: %v, %+v", r, c)
	}
	stranger := w.observation(5)
	if _, c = e.Admit(w.report(stranger, 5), at(time.Minute)); c.Outcome != consensus.UnknownProposer {
		t.Errorf("a stranger's: %+v", c)
	}
	foreign := w.report(o, 0)
	foreign.Network = "othernet"
	if _, c = e.Admit(foreign, at(time.Minute)); c.Outcome != consensus.ForeignNetwork {
		t.Errorf("of another network: %+v", c)
	}
	if s := e.Sizes(); s != (consensus.Sizes{}) {
		t.Errorf("it holds %+v", s)
	}
	expect(t, e.Receive(w.report(o, 0, 1).Encode(), at(time.Minute)), consensus.Accepted)
	r, c = e.Admit(w.report(o, 3, 5), at(time.Minute))
	if !c.Quorum || c.Signers != 3 || len(c.New) != 1 || !reflect.DeepEqual(r, w.report(o, 0, 1, 3)) {
		t.Errorf("its co-signature: %v, %+v", r, c)
	}
	r, c = e.Admit(w.report(o, 3), at(time.Minute))
	if c.Outcome != consensus.Duplicate || !reflect.DeepEqual(r, w.report(o, 0, 1, 3)) {
		t.Errorf("again: %v, %+v", r, c)
	}
	r.Attestations[0] = consensus.Attestation{} // the caller's copy
	if got := known(e, o, at(time.Minute)); !reflect.DeepEqual(got, w.report(o, 0, 1, 3)) {
		t.Errorf("it knows %v", got)
	}
}
