package consensus_test

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus"
)

// reportWithDamaged returns a report in which one signer's signature is not his own.
func (w world) reportWithDamaged(o consensus.Observation, bad int, signers ...int) consensus.Report {
	r := w.report(o, signers...)
	for i, a := range r.Attestations {
		if a.Signer == w.keys[bad].Address() {
			r.Attestations[i] = damaged(a)
		}
	}
	return r
}

// TestStrangersAreVerified: a peer with a newer roster would refuse a report for a forged one, and blame who passed it on.
// They count for nothing all the same.
func TestStrangersAreVerified(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	e, o, now := w.engine(3), w.observation(0), at(time.Minute)
	expect(t, e.Receive(w.reportWithDamaged(o, 5, 0, 1, 4, 5).Encode(), now), consensus.BadSignature)
	if s := e.Sizes(); s != (consensus.Sizes{}) {
		t.Errorf("a refused report left %+v", s)
	}
	c := expect(t, e.Receive(w.report(o, 0, 1, 4, 5).Encode(), now), consensus.Accepted)
	if c.Signers != 2 || len(c.New) != 2 || c.Quorum {
		t.Errorf("strangers count: %+v", c)
	}
	if got, want := known(e, o, now), w.report(o, 0, 1); !reflect.DeepEqual(got, want) {
		t.Errorf("it would send %v, want %v", got, want)
	}
	expect(t, e.Receive(w.report(o, 0, 6, 7).Encode(), now), consensus.Duplicate)
	expect(t, e.Receive(w.reportWithDamaged(o, 6, 0, 6).Encode(), now), consensus.Duplicate) // nobody passes it on
	expect(t, e.Receive(w.reportWithDamaged(o, 4, 0, 2, 4).Encode(), now), consensus.BadSignature)
}

// TestStrangersAreRemembered looks at the signatures that are left to verify: none is recovered twice, and only so many
// are kept.
func TestStrangersAreRemembered(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	e, o, now := w.engine(3), w.observation(0), at(time.Minute)
	left := func(signers ...int) int { return e.Unverified(w.report(o, signers...), now) }
	if n := left(0, 5, 6); n != 3 {
		t.Errorf("of a new report %d signatures are verified", n)
	}
	expect(t, e.Receive(w.report(o, 0, 5, 6).Encode(), now), consensus.Accepted)
	if n := left(0, 1, 5, 6); n != 1 {
		t.Errorf("%d signatures are verified, one is new", n)
	}
	again := w.report(o, 0, 1, 5)
	for i, a := range again.Attestations {
		if a.Signer == w.keys[5].Address() {
			again.Attestations[i].Signature = anotherSignature(t, w.keys[5], o.Digest(w.domain))
		}
	}
	expect(t, e.Receive(again.Encode(), now), consensus.Accepted)
	if n := left(0, 2, 5, 6); n != 1 {
		t.Errorf("a stranger's second signature took the first one's place: %d are verified", n)
	}
	expect(t, e.Receive(w.report(o, 0, 2, 7, 8, 9).Encode(), now), consensus.Accepted)
	if s := e.Sizes(); s.Strangers != 4 || s.Attestations != 3 {
		t.Errorf("with four members it holds %+v", s)
	}
}

// TestTooManyStrangers: no message makes a node recover more than two signatures a member.
func TestTooManyStrangers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	e, o := w.engine(3), w.observation(0)
	expect(t, e.Receive(w.reportWithDamaged(o, 0, 0, 1, 4, 5, 6, 7, 8).Encode(), at(time.Minute)), consensus.TooManySigners)
	expect(t, e.Receive(w.report(o, 0, 1, 4, 5, 6, 7).Encode(), at(time.Minute)), consensus.Accepted)
	open := openWorld(t, 10) // nobody is a stranger there
	c := expect(t, open.engine(0).Receive(open.report(o, 0, 1, 4, 5, 6, 7, 8).Encode(), at(time.Minute)), consensus.Accepted)
	if c.Signers != 7 {
		t.Errorf("change %+v", c)
	}
}

// TestRostersThatDiffer: what a node with the old roster passes on, one with the new roster takes without blaming it, and
// the other way round, whatever they knew before.
func TestRostersThatDiffer(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t, 5)
		o, now := w.observation(0), at(time.Minute)
		older, newer := w, w
		older.policy.Roster = rosterOf(w, 0, 1, 2, 3, 4)
		newer.policy.Roster = rosterOf(w, 0, 2, 3, 4, 5, 6, 7)
		nodes := []*consensus.Engine{older.engine(3), newer.engine(4)}
		for range rapid.IntRange(1, 6).Draw(t, "reports") {
			signers := rapid.SliceOfNDistinct(rapid.IntRange(1, 9), 0, 5, rapid.ID).Draw(t, "signers")
			r := w.report(o, append([]int{0}, signers...)...)
			if bad := rapid.IntRange(0, 9).Draw(t, "bad"); rapid.Bool().Draw(t, "damage") {
				r = w.reportWithDamaged(o, bad, append([]int{0}, signers...)...)
			}
			from := rapid.IntRange(0, 1).Draw(t, "from")
			if c := nodes[from].Receive(r.Encode(), now); c.Outcome != consensus.Accepted {
				continue
			}
			if c := nodes[1-from].Receive(r.Encode(), now); c.Outcome.AtFault() {
				t.Fatalf("an honest node is blamed: %+v for %v", c, r)
			}
		}
	})
}
