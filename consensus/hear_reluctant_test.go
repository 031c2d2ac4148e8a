package consensus_test

import (
	"slices"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
)

// asked is a member's sight of a network in which one is asked to sign, and one signs when the first stage is over.
type asked struct {
	t      *testing.T
	w      world
	e      *consensus.Engine
	self   int
	rounds int // that have passed
}

const askedMembers = 8

func newAsked(t *testing.T) *asked {
	t.Helper()
	w := stagedWorld(t, askedMembers, 3)
	return &asked{t: t, w: w, e: w.engine(askedMembers - 1), self: askedMembers - 1}
}

// propose has everybody but this node heard of in a round by a proposal, and returns the observation of the first of them, which
// arrives, and when.
func (a *asked) propose() (consensus.Observation, time.Time) {
	a.t.Helper()
	a.rounds++
	r := round + consensus.Round(a.rounds*600)
	now := r.Start().Add(time.Second)
	var first consensus.Observation
	for i := range askedMembers - 1 {
		o := a.w.observation(i)
		o.Round, o.ObservedAt = r, consensus.MillisOf(now)
		expect(a.t, a.e.Receive(a.w.report(o, i).Encode(), now), consensus.Accepted)
		if i == 0 {
			first = o
		}
	}
	a.e.Decide(now)
	return first, now
}

// order returns the ranks of an observation among those of whom is heard, without one member.
func (a *asked) order(o consensus.Observation, without int) []int {
	return slices.DeleteFunc(a.w.byRank(o, askedMembers), func(i int) bool { return i == a.self || i == without })
}

// refuse has those who are asked first sign, but for one, and another one in its place after so long. It returns who refused.
func (a *asked) refuse(after time.Duration) int {
	a.t.Helper()
	o, now := a.propose()
	order := a.order(o, -1)
	expect(a.t, a.e.Receive(a.w.report(o, union([]int{0, order[0]})...).Encode(), now.Add(after)), consensus.Accepted)
	expect(a.t, a.e.Receive(a.w.report(o, union([]int{0, order[0], order[2]})...).Encode(), now.Add(after)), consensus.Accepted)
	return order[1]
}

// first tells whether a member is among those whom the engine ranks first of those who were heard of. Of the willing there are
// enough, so a reluctant one is not.
func (a *asked) first(o consensus.Observation, member int) bool {
	return slices.Contains(a.e.First(o), a.w.keys[member].Address())
}

// TestReluctantLast: who did not sign when it was asked is not asked first in later rounds, unless quorum came within the first
// stage, until it has signed again.
func TestReluctantLast(t *testing.T) {
	t.Parallel()
	for name, after := range map[string]time.Duration{"a quorum at once": stage / 2, "a stage later": stage} {
		a := newAsked(t)
		a.propose() // so that all are heard of
		refused := a.refuse(after)
		times, last := 0, 60
		for range last {
			o, _ := a.propose()
			if slices.Contains(a.order(o, -1)[:2], refused) && a.first(o, refused) {
				times++
			}
		}
		if want := after < stage; (times > last/8) != want {
			t.Errorf("%s: asked first %d times of %d", name, times, last)
		}
		// It signs one, whoever asked it.
		o, now := a.propose()
		if o.Proposer == a.w.keys[refused].Address() {
			t.Fatal("the first member refused: choose another seed")
		}
		expect(t, a.e.Receive(a.w.report(o, union([]int{0, refused})...).Encode(), now), consensus.Accepted)
		for {
			o, _ = a.propose()
			if slices.Contains(a.order(o, -1)[:2], refused) {
				break
			}
		}
		if !a.first(o, refused) {
			t.Errorf("%s: signed, but is not asked first", name)
		}
	}
}

// TestReluctantIsBounded: who passed is remembered once, and whoever is asked for a second chance has one in sixteen.
func TestReluctantIsBounded(t *testing.T) {
	t.Parallel()
	a := newAsked(t)
	a.propose()
	for range 50 {
		a.refuse(stage)
	}
	if n := a.e.Reluctant(); n == 0 || n > askedMembers {
		t.Errorf("%d remembered", n)
	}
	chances := 0
	for k := range 16_000 {
		o := a.w.observation(0)
		o.ObservedAt += consensus.Millis(k)
		if consensus.HasSecondChance(o.Digest(a.w.domain), a.w.keys[1].Address()) {
			chances++
		}
	}
	if chances < 900 || chances > 1100 {
		t.Errorf("%d second chances of 16000, want one in 16", chances)
	}
}
