package consensus_test

import (
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
)

// TestConcurrentReceive lets many goroutines bring the same reports, with an equivocating proposer among them, while
// others use the rest of the engine.
func TestConcurrentReceive(t *testing.T) {
	t.Parallel()
	const members, receivers = 8, 8
	w := newWorld(t, members)
	e, now := w.engine(members-1), at(time.Minute)
	observe(t, e, "3000", now)
	one, two := w.observation(0), w.observation(0)
	two.Price = parsePrice(t, "3001")
	honest := w.observation(1)
	var messages [][]byte
	for i := range members {
		messages = append(messages, w.report(one, union([]int{0, i})...).Encode(), w.report(two, union([]int{0, i})...).Encode(),
			w.report(honest, union([]int{1, i})...).Encode())
	}
	var quorums, firsts, accepted, convictions atomic.Int64
	var all sync.WaitGroup
	for i := range receivers {
		all.Go(func() {
			for j := range messages {
				c := e.Receive(messages[(i*5+j)%len(messages)], now)
				switch c.Outcome {
				case consensus.Accepted:
					accepted.Add(int64(len(c.New)))
				case consensus.Duplicate, consensus.Equivocation:
				default:
					t.Errorf("outcome %s", c.Outcome)
				}
				if c.Quorum {
					quorums.Add(1)
				}
				if c.Evidence != nil {
					convictions.Add(1)
				}
				e.Decide(now)
				firsts.Add(int64(len(e.Saved(e.Unsaved()))))
				e.Proposes(pair, round)
			}
		})
	}
	all.Wait()
	everybody := []int{0, 1, 2, 3, 4, 5, 6, 7}
	first, second := known(e, one, now), known(e, two, now)
	if len(first.Attestations) > 0 == (len(second.Attestations) > 0) {
		t.Errorf("of the equivocator it knows %v and %v", first, second)
	}
	held := first
	if len(second.Attestations) > 0 {
		held = second
	}
	for _, got := range []consensus.Report{held, known(e, honest, now)} {
		if want := w.report(got.Observation, everybody...); !reflect.DeepEqual(got, want) {
			t.Errorf("it knows %v, want %v", got, want)
		}
	}
	counts := fmt.Sprint(quorums.Load(), firsts.Load(), accepted.Load(), convictions.Load())
	if want := fmt.Sprint(2, 2, 2*members, 1); counts != want {
		t.Errorf("quorums, first saves, new signers and convictions: %s, want %s", counts, want)
	}
}

// TestOvertaken lets other reports be merged between a report's signatures and its own merging, in every order: what was
// new then is looked at again.
func TestOvertaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 8)
	one, two := w.observation(0), w.observation(0)
	two.Price = parsePrice(t, "3001")
	for name, c := range map[string]struct {
		report, overtaking consensus.Report
		want               consensus.Outcome
		brings, signers    int
	}{
		"by the same":               {w.report(one, 0, 1, 2), w.report(one, 0, 1, 2), consensus.Duplicate, 0, 3},
		"by one with more":          {w.report(one, 0, 1, 2), w.report(one, 0, 1, 2, 3), consensus.Duplicate, 0, 4},
		"by one with less":          {w.report(one, 0, 1, 2), w.report(one, 0, 1), consensus.Accepted, 1, 3},
		"by others":                 {w.report(one, 0, 1, 2), w.report(one, 0, 3, 4), consensus.Accepted, 2, 5},
		"by an equivocating report": {w.report(one, 0, 1, 2), w.report(two, 0, 3), consensus.Equivocation, 0, 0},
	} {
		e := w.engine(7)
		outcome, commit := e.Verified(c.report.Encode(), at(time.Minute))
		if outcome != consensus.Accepted {
			t.Fatalf("%s: %s before", name, outcome)
		}
		first := expect(t, e.Receive(c.overtaking.Encode(), at(time.Minute)), consensus.Accepted)
		got := expect(t, commit(), c.want)
		if len(got.New) != c.brings || got.Quorum && first.Quorum {
			t.Errorf("%s: change %+v", name, got)
		}
		if s := e.Sizes(); len(known(e, one, at(time.Minute)).Attestations) != c.signers || s.Tallies != 1 {
			t.Errorf("%s: it knows %v, and holds %+v", name, known(e, one, at(time.Minute)), s)
		}
	}
}

// TestForgottenMeanwhile: of a held digest the proposer's signature was not recovered again, so what is left of the
// report can't make a tally anew.
func TestForgottenMeanwhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 8)
	e, o := w.engine(7), w.observation(0)
	expect(t, e.Receive(w.report(o, 0).Encode(), at(time.Minute)), consensus.Accepted)
	_, commit := e.Verified(w.report(o, 0, 1).Encode(), at(time.Minute))
	e.Forget(o)
	expect(t, commit(), consensus.Stale)
	if s := e.Sizes(); s != (consensus.Sizes{}) {
		t.Errorf("it holds %+v", s)
	}
}
