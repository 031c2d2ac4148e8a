package consensus_test

import (
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
)

// TestAllocationBudget keeps what docs/performance.md states: how many allocations a report costs from bytes to merged. Those
// that all recoveries make, in go-ethereum, are among them: 2 a signature.
func TestAllocationBudget(t *testing.T) { //nolint:paralleltest // it counts the allocations of the process
	const runs = 20
	for _, c := range []struct {
		name    string
		signers int
		known   bool
		most    float64
	}{
		{"a report that brings nothing new", 3, true, 3},
		{"a new price", 1, false, 24},
		{"a new price with its quorum", 3, false, 46},
	} {
		w := newWorld(t, block)
		e, now, i := w.engine(0), at(time.Minute), -1
		_, data := w.block(consensus.MillisOf(now), c.signers)
		want := consensus.Accepted
		if c.known {
			e.Receive(data[0], now)
			want = consensus.Duplicate
		}
		got := testing.AllocsPerRun(runs, func() {
			if !c.known {
				i++
			}
			expect(t, e.Receive(data[max(i, 0)], now), want)
		})
		t.Logf("%s: %.0f allocations", c.name, got)
		if got > c.most {
			t.Errorf("%s: %.0f allocations, want at most %.0f", c.name, got, c.most)
		}
	}
}
