package consensus_test

import (
	"slices"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/global/price"
)

// TestRestoreEvidence: after a restart the place is convicted still, and the evidence goes round no second time.
func TestRestoreEvidence(t *testing.T) {
	t.Parallel()
	w, v := goodEvidence(t)
	e, now := w.engine(3), at(time.Minute)
	e.RestoreEvidence([]consensus.Evidence{v, v}, now)
	expect(t, e.ReceiveEvidence(v.Encode(), now), consensus.Duplicate)
	if got := w.refusals(e, now, 0, 1); !slices.Equal(got, []consensus.Refusal{consensus.RefusedEquivocation, ""}) {
		t.Errorf("refused: %q", got)
	}
	if s := e.Sizes(); s.Convicted != 1 || s.Offenders != 1 {
		t.Errorf("it holds %+v", s)
	}
}

func TestRestoreEvidenceLeavesOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	for name, c := range map[string]struct {
		change func(*consensus.Policy)
		now    time.Time
		want   consensus.Sizes
	}{
		"nothing":           {func(*consensus.Policy) {}, at(time.Minute), consensus.Sizes{Convicted: 1, Offenders: 1}},
		"a place long over": {func(*consensus.Policy) {}, at(3 * interval), consensus.Sizes{Offenders: 1}},
		"from the future":   {func(*consensus.Policy) {}, at(-skew - 1), consensus.Sizes{}},
		"another network":   {func(p *consensus.Policy) { p.Network = "othernet" }, at(time.Minute), consensus.Sizes{}},
		"a lost member":     {func(p *consensus.Policy) { p.Roster = rosterOf(w, 1, 2, 3) }, at(time.Minute), consensus.Sizes{}},
		"a pair given up":   {func(p *consensus.Policy) { p.Pairs = nil }, at(time.Minute), consensus.Sizes{Convicted: 1, Offenders: 1}},
	} {
		changed := w
		c.change(&changed.policy)
		e := changed.engine(3)
		e.RestoreEvidence([]consensus.Evidence{w.offence(0, 0, pair)}, c.now)
		if s := e.Sizes(); s != c.want {
			t.Errorf("%s: it holds %+v, want %+v", name, s, c.want)
		}
	}
}

// TestOpenNetworkBansNobody: another key costs nothing there, so only the place is lost. How many are is bounded.
func TestOpenNetworkBansNobody(t *testing.T) {
	t.Parallel()
	w := openWorld(t, global.MaxOpenProposers+1)
	e := w.engine(1)
	for r := range 3 {
		v := w.offence(0, r, pair)
		expect(t, e.ReceiveEvidence(v.Encode(), v.First.Observation.Round.Start()), consensus.Accepted)
	}
	now := at(3*interval - 1)
	if got := w.refusals(e, now, 0); !slices.Equal(got, []consensus.Refusal{consensus.RefusedEquivocation}) {
		t.Errorf("refused: %q", got)
	}
	if got := w.refusals(e, now.Add(1), 0); !slices.Equal(got, []consensus.Refusal{""}) {
		t.Errorf("refused: %q", got)
	}
	for i := range global.MaxOpenProposers - 1 {
		expect(t, e.ReceiveEvidence(w.offence(i+1, 2, pair).Encode(), now), consensus.Accepted)
	}
	full := w.offence(global.MaxOpenProposers, 2, pair)
	expect(t, e.ReceiveEvidence(full.Encode(), now), consensus.TooManyProposers)
	full = w.offence(global.MaxOpenProposers, 2, price.Pair("BTC-USD")) // another slot
	expect(t, e.ReceiveEvidence(full.Encode(), now), consensus.Accepted)
	if s := e.Sizes(); s.Offenders != 0 || s.Convicted > global.MaxOpenProposers+3 {
		t.Errorf("it holds %+v", s)
	}
}
