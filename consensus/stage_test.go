package consensus_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

const stage = 100 * time.Millisecond

// stagedWorld is a network with a stage that one can see.
func stagedWorld(t failer, members, quorum int) world {
	w := newWorld(t, members)
	w.policy.Quorum, w.policy.StageDelay = quorum, stage
	return w
}

// byRank returns the members but the proposer in the order of an observation's ranks, if all are heard of or none.
func (w world) byRank(o consensus.Observation, members int) []int {
	var order []int
	for i := range members {
		if w.keys[i].Address() != o.Proposer {
			order = append(order, i)
		}
	}
	id := o.Digest(w.domain)
	slices.SortFunc(order, func(a, b int) int {
		x, y := consensus.RankHash(id, w.keys[a].Address()), consensus.RankHash(id, w.keys[b].Address())
		return slices.Compare(x[:], y[:])
	})
	return order
}

// turns tells for each rank after how many stages it signs an observation that stays alone, or with these co-signers.
func (w world) turns(members int, proposerAnd ...int) []int {
	o := w.observation(0)
	var turns []int
	for _, i := range w.byRank(o, members) {
		e := w.engine(i)
		observe(w.t, e, "3000", at(time.Second))
		expect(w.t, e.Receive(w.report(o, append([]int{0}, proposerAnd...)...).Encode(), at(time.Second)), consensus.Accepted)
		turns = append(turns, firstTurn(w.t, e))
	}
	return turns
}

// firstTurn asks an engine whenever it wants to be asked, and a nanosecond before, and returns the stages until it decides.
func firstTurn(t failer, e *consensus.Engine) int {
	for stages := range 20 {
		now := at(time.Second + time.Duration(stages)*stage)
		decisions, _, again := e.Decide(now)
		if len(decisions) == 1 {
			return stages
		}
		if want := now.Add(stage); !again.Equal(want) {
			t.Fatalf("in stage %d: again at %s, want %s", stages, again, want)
		}
		if decisions, _, again := e.Decide(now.Add(stage - 1)); len(decisions) > 0 || !again.Equal(now.Add(stage)) {
			t.Fatalf("at the end of stage %d: %+v, again at %s", stages, decisions, again)
		}
	}
	return -1
}

// TestTurns: the window starts at quorum - 1 and grows by missing, twice that, four times that.
func TestTurns(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		members, quorum int
		want            string
	}{
		"two missing of 3": {12, 3, "[0 0 1 1 2 2 2 2 3 3 3]"},
		"a quorum of 2":    {8, 2, "[0 1 2 2 3 3 3]"},
		"three of 4":       {4, 3, "[0 0 1]"},
		"all of 4":         {4, 4, "[0 0 0]"},
		"two":              {2, 2, "[0]"},
	} {
		if got := fmt.Sprint(stagedWorld(t, c.members, c.quorum).turns(c.members)); got != c.want {
			t.Errorf("%s: turns %s, want %s", name, got, c.want)
		}
	}
}

// TestLastTurn is the last turn where one signer is missing.
func TestLastTurn(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]int{{2, 2}, {4, 3}, {4, 4}, {8, 2}, {12, 3}, {18, 3}, {19, 3}, {20, 3}} {
		w := stagedWorld(t, c[0], c[1])
		o, at := w.observation(0), at(time.Second)
		order := w.byRank(o, c[0])
		e := w.engine(order[len(order)-1])
		observe(t, e, "3000", at)
		expect(t, e.Receive(w.report(o, union([]int{0}, order[:c[1]-2])...).Encode(), at), consensus.Accepted)
		if got, want := w.policy.LastTurn(), time.Duration(firstTurn(t, e))*stage; got != want {
			t.Errorf("%d members, quorum %d: %s, want %s", c[0], c[1], got, want)
		}
	}
	open := openWorld(t, 4).policy
	open.StageDelay = stage
	measured := stagedWorld(t, 12, 3).policy
	measured.StageDelay, measured.Interval = 0, 20*time.Second
	if open.LastTurn() != 2*stage || measured.LastTurn() != 4*2*time.Second {
		t.Errorf("open %s, measured %s", open.LastTurn(), measured.LastTurn())
	}
}

// TestTurnsDoNotDependOnAsking: who is asked once, late, decides as who is asked at every stage, also if a signer came
// between: each stage counts who was missing at its end.
func TestTurnsDoNotDependOnAsking(t *testing.T) {
	t.Parallel()
	const members = 40
	w := stagedWorld(t, members, 3)
	o := w.observation(0)
	order := w.byRank(o, members)
	rapid.Check(t, func(t *rapid.T) {
		self := rapid.IntRange(2, members-2).Draw(t, "rank")
		comes := time.Duration(rapid.IntRange(0, 300).Draw(t, "comes")) * time.Millisecond
		asked := comes + time.Duration(rapid.IntRange(0, 150).Draw(t, "asked"))*time.Millisecond
		window := 2
		for k := 1; time.Duration(k)*stage <= asked; k++ {
			missing := 2
			if time.Duration(k)*stage > comes {
				missing = 1
			}
			window += missing << (k - 1)
		}
		often, once := w.engine(order[self]), w.engine(order[self])
		decided := 0
		for _, e := range []*consensus.Engine{often, once} {
			observe(t, e, "3000", at(0))
			expect(t, e.Receive(w.report(o, 0).Encode(), at(0)), consensus.Accepted)
		}
		for _, d := range rapid.SliceOf(rapid.IntRange(0, 300)).Draw(t, "also asked") {
			if now := time.Duration(d) * time.Millisecond; now < comes {
				decisions, _, _ := often.Decide(at(now))
				decided += len(decisions)
			}
		}
		for _, e := range []*consensus.Engine{often, once} {
			expect(t, e.Receive(w.report(o, 0, order[0]).Encode(), at(comes)), consensus.Accepted)
		}
		more, _, _ := often.Decide(at(asked))
		last, _, _ := once.Decide(at(asked))
		if want := self < window; len(last) == 1 != want || decided+len(more) == 1 != want {
			t.Fatalf("rank %d, window %d: decided %d and %d times", self, window, decided+len(more), len(last))
		}
	})
}

// TestSilentLast: who was not heard of in the two rounds before is ranked behind all who were; the round itself does not
// count.
func TestSilentLast(t *testing.T) {
	t.Parallel()
	const members = 8
	w := stagedWorld(t, members, 3)
	for name, c := range map[string]struct {
		heard  int // rounds before
		silent bool
	}{"the round itself": {0, true}, "the round before": {1, false}, "two before": {2, false}, "three before": {3, true}} {
		later := w.observation(0)
		later.Round += 3 * 600
		later.ObservedAt = consensus.MillisOf(later.Round.Start())
		order := w.byRank(later, members)
		e := w.engine(order[2]) // the third by hash
		now := later.Round.Start()
		for _, i := range order[3:] { // who comes behind it was heard of
			o := w.observation(i)
			o.Round = later.Round - consensus.Round(c.heard*600)
			o.ObservedAt = consensus.MillisOf(o.Round.Start())
			expect(t, e.Receive(w.report(o, i).Encode(), o.Round.Start()), consensus.Accepted)
		}
		observe(t, e, "3000", now)
		e.Decide(now.Add(10 * time.Second)) // it has no more to do with those
		now = now.Add(11 * time.Second)
		expect(t, e.Receive(w.report(later, 0).Encode(), now), consensus.Accepted)
		decisions, _, _ := e.Decide(now.Add(stage))
		// By hash it is in the window of four after a stage; behind five who were heard of it is not.
		if got := len(decisions) == 1; got != c.silent {
			t.Errorf("%s: decided %t", name, got)
		}
	}
}

// TestTurnOfTheSilent: the ranks of those of whom nothing is heard go on where those of the others end.
func TestTurnOfTheSilent(t *testing.T) {
	t.Parallel()
	const members, heard = 16, 6
	w := stagedWorld(t, members, 3)
	o := w.observation(0)
	order := w.byRank(o, members)
	for behind, want := range map[int]int{0: 2, 1: 2, 2: 3, 8: 3} { // windows 2, 4, 8, 16; ranks 6, 7, 8, 14
		e := w.engine(order[heard+behind])
		for _, i := range order[:heard] {
			before := w.observation(i)
			before.Round -= 600
			before.ObservedAt = consensus.MillisOf(before.Round.Start())
			expect(t, e.Receive(w.report(before, i).Encode(), before.Round.Start()), consensus.Accepted)
		}
		observe(t, e, "3000", at(time.Second))
		e.Decide(at(0)) // of the round before, which is over
		expect(t, e.Receive(w.report(o, 0).Encode(), at(time.Second)), consensus.Accepted)
		if got := firstTurn(t, e); got != want {
			t.Errorf("the silent one of rank %d: turn %d, want %d", heard+behind, got, want)
		}
	}
}

// TestRefusesInItsTurn: nobody has asked it before.
func TestRefusesInItsTurn(t *testing.T) {
	t.Parallel()
	w := stagedWorld(t, 4, 3)
	o := w.observation(0)
	last := w.byRank(o, 4)[2]
	for own, reason := range map[string]consensus.Refusal{"4000": consensus.RefusedDeviation, "": consensus.RefusedNoPrice} {
		e, now := w.engine(last), at(time.Second+settle+1)
		if own != "" {
			observe(t, e, own, at(time.Second))
		}
		expect(t, e.Receive(w.report(o, 0).Encode(), now), consensus.Accepted)
		if decisions, wanted, again := e.Decide(now); decisions != nil || wanted != nil || !again.Equal(now.Add(stage)) {
			t.Errorf("%s before its turn: %+v, wanted %v, again at %s", reason, decisions, wanted, again)
		}
		decisions, _, again := e.Decide(now.Add(stage))
		if len(decisions) != 1 || decisions[0].Refusal != reason || !again.IsZero() {
			t.Errorf("%s in its turn: %+v, again at %s", reason, decisions, again)
		}
	}
}

// TestJudgesByItsPriceOfThen: a later price does not take the place of the one that was near the observation, and the
// price is asked for at once, not only in the node's turn.
func TestJudgesByItsPriceOfThen(t *testing.T) {
	t.Parallel()
	w := stagedWorld(t, 4, 3)
	o := w.observation(0)
	e := w.engine(w.byRank(o, 4)[2])
	expect(t, e.Receive(w.report(o, 0).Encode(), at(time.Second)), consensus.Accepted)
	if _, wanted, _ := e.Decide(at(time.Second)); len(wanted) != 1 {
		t.Errorf("wanted %v", wanted)
	}
	then := observe(t, e, "3000", at(time.Second))
	if decisions, wanted, _ := e.Decide(at(time.Second)); decisions != nil || wanted != nil {
		t.Errorf("decided %+v, wanted %v", decisions, wanted)
	}
	observe(t, e, "3001", at(2*time.Second)) // no nearer, and later
	if decisions, _, _ := e.Decide(at(time.Second)); decisions != nil {
		t.Errorf("decided %+v", decisions)
	}
	observe(t, e, "4000", at(2*time.Second+settle))
	if decisions, _, _ := e.Decide(at(2*time.Second + settle)); len(decisions) != 1 || decisions[0].Own != then || decisions[0].Refusal != "" {
		t.Errorf("decided %+v", decisions)
	}
}

// TestAgainIsTheEarliest of all stages that are waited for.
func TestAgainIsTheEarliest(t *testing.T) {
	t.Parallel()
	const members = 16
	w := stagedWorld(t, members, 3)
	observations := []consensus.Observation{w.observation(0), w.observation(1), w.observation(2)}
	self := members - 1
	for slices.ContainsFunc(observations, func(o consensus.Observation) bool {
		return slices.Contains(w.byRank(o, members)[:2], self)
	}) {
		self--
	}
	for range 20 { // the order of a map differs
		e := w.engine(self)
		for i, o := range observations {
			expect(t, e.Receive(w.report(o, i).Encode(), at(time.Second-time.Duration(i)*time.Millisecond)), consensus.Accepted)
		}
		if _, _, again := e.Decide(at(time.Second)); !again.Equal(at(time.Second - 2*time.Millisecond + stage)) {
			t.Fatalf("again at %s", again)
		}
	}
}

// TestConcurrentTurns ranks from many goroutines at once: a node that was ranked twice would wait for a rank that there is
// not.
func TestConcurrentTurns(t *testing.T) {
	t.Parallel()
	const members, askers = 64, 8
	w := stagedWorld(t, members, 3)
	o := w.observation(0)
	order := w.byRank(o, members)
	for _, self := range order[len(order)-20:] {
		e := w.engine(self)
		observe(t, e, "3000", at(time.Second))
		expect(t, e.Receive(w.report(o, 0).Encode(), at(time.Second)), consensus.Accepted)
		var all sync.WaitGroup
		for range askers {
			all.Go(func() { e.Decide(at(time.Second)) })
		}
		all.Wait()
		if decisions, _, _ := e.Decide(at(time.Second + 6*stage)); len(decisions) != 1 { // 2, 4, 8, 16, 32, 64 ranks
			t.Fatalf("decided %+v", decisions)
		}
	}
}

// TestOpenTurns: without a roster every node waits for a part of two stages, each its own.
func TestOpenTurns(t *testing.T) {
	t.Parallel()
	w := openWorld(t, 40)
	w.policy.StageDelay = stage
	o := w.observation(0)
	var waits []time.Duration
	for i := 1; i < 40; i++ {
		e := w.engine(i)
		observe(t, e, "3000", at(time.Second))
		expect(t, e.Receive(w.report(o, 0).Encode(), at(time.Second)), consensus.Accepted)
		decisions, _, again := e.Decide(at(time.Second))
		if len(decisions) > 0 {
			again = at(time.Second)
		} else if decisions, _, _ := e.Decide(again); len(decisions) != 1 {
			t.Errorf("not decided at %s", again)
		}
		waits = append(waits, again.Sub(at(time.Second)))
	}
	slices.Sort(waits)
	if waits[0] < 0 || waits[0] > stage || waits[38] < stage || waits[38] >= 2*stage || len(slices.Compact(waits)) < 35 {
		t.Errorf("waits %v", waits)
	}
}

// TestAloneInRoster: where the proposer is its own quorum, nobody is asked.
func TestAloneInRoster(t *testing.T) {
	t.Parallel()
	for _, members := range []int{1, 4} {
		w := stagedWorld(t, members, 1)
		o := w.observation(0)
		own := w.engine(0)
		if _, c := own.Admit(w.report(o, 0), at(time.Second)); !c.Quorum {
			t.Errorf("roster of %d: %+v", members, c)
		}
		for _, e := range []*consensus.Engine{own, w.engine(members - 1)} {
			e.Receive(w.report(o, 0).Encode(), at(time.Second))
			if decisions, wanted, again := e.Decide(at(time.Minute)); decisions != nil || wanted != nil || !again.IsZero() {
				t.Errorf("roster of %d: %+v, %v, %s", members, decisions, wanted, again)
			}
		}
	}
}

// TestRankHash is keccak256(digest || address), as docs/protocol.md has it.
func TestRankHash(t *testing.T) {
	t.Parallel()
	got := consensus.RankHash(signing.Digest{0: 1}, signing.Address{19: 2})
	if want := "62630ea055a6aa314b5491138964392de8ed6a41cac11c11bb0729c08c4d8cdf"; fmt.Sprintf("%x", got) != want {
		t.Errorf("%x, want %s", got, want)
	}
}
