package vitals

import (
	"slices"
	"sync"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/node/api"
)

const (
	// Hold is for how long a check must have been judged otherwise, at each look, before it is shown otherwise: both when
	// something begins to be wrong and when it is well again. So no check turns more often than once in Hold. Until the node was first
	// found ready, what a look finds is shown at once: a node is not ready before it was found ready, and then it is.
	Hold = 3 * time.Second
	// Period is how often a node is to be looked at though nobody asks; who asks has it looked at, too. A turn is shown after Hold and
	// one Period at the latest.
	Period = Hold
	// least is the shortest time between two looks, however often is asked: up to ten a second.
	least = 100 * time.Millisecond
)

// Board shows the checks of a node, as they have lasted. It is safe for concurrent use.
type Board struct {
	rules []Rule
	look  func() Glance
	now   func() time.Time

	mu     sync.Mutex // guards all below; held while looking
	looked time.Time  // with a monotonic reading: what has passed can't be set; zero: never
	ready  bool       // it was found ready once
	shown  []shown    // one a rule
}

// shown is a check as it is shown, and what it is about to become.
type shown struct {
	Verdict
	since *consensus.Time // nil: since the start

	next api.CheckState // as the last look was judged
	from time.Time      // since when it is; with a monotonic reading
}

// NewBoard returns a board of these rules. look returns what is to be judged; it must not wait for a disk or the network.
// now is the node's wall clock, for since.
func NewBoard(rules []Rule, look func() Glance, now func() time.Time) *Board {
	return &Board{rules: rules, look: look, now: now}
}

// Look looks at the node, unless that was done a tenth of a second ago.
func (b *Board) Look() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refresh()
}

// Checks returns all checks, in the order of the rules.
func (b *Board) Checks() []api.Check {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refresh()
	checks := make([]api.Check, len(b.rules))
	for i := range b.rules {
		checks[i] = b.rules[i].Check(b.shown[i].Verdict)
		checks[i].Since = b.shown[i].since
	}
	return checks
}

// Ready returns the checks that fail; none when prices can reach quorum and get stored.
func (b *Board) Ready() []api.Problem {
	var problems []api.Problem
	for _, c := range b.Checks() {
		if c.State == api.CheckFailing {
			problems = append(problems, api.Problem{Name: c.Name, Detail: c.Detail})
		}
	}
	return problems
}

// refresh takes a look. Called with mu held.
func (b *Board) refresh() {
	now := time.Now()
	first := b.looked.IsZero()
	if !first && now.Sub(b.looked) < least {
		return
	}
	b.looked = now
	g := b.look()
	if first {
		b.shown = make([]shown, len(b.rules))
	}
	for i := range b.rules {
		v := b.rules[i].judge(&g)
		if first {
			b.shown[i] = shown{Verdict: v, next: v.State, from: now}
			continue
		}
		b.shown[i].take(v, now, b.rules[i].steady || !b.ready, b.now)
	}
	b.ready = b.ready || !slices.ContainsFunc(b.shown, func(s shown) bool { return s.State == api.CheckFailing })
}

// take takes in what a later look has found; what need not last is shown at once.
func (s *shown) take(v Verdict, now time.Time, atOnce bool, wall func() time.Time) {
	if v.State != s.next {
		s.next, s.from = v.State, now
	}
	if v.State != s.State {
		if !atOnce && now.Sub(s.from) < Hold-least { // looks come a little sooner or later
			return
		}
		since := consensus.Time(wall().UTC())
		s.since = &since
	}
	s.Verdict = v
}
