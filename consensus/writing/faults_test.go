package writing_test

import (
	"math/bits"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// logFault tells of windows with a fault as a row of docs/performance.md; late is how many windows the slowest price took.
func logFault(t *testing.T, what string, nodes int, mean float64, most, late int) {
	t.Helper()
	t.Logf("\n| fault | nodes | statements a window | at most | stored in window |\n|---|---|---|---|---|\n| %s | %d | %.2f | %d | %d |",
		what, nodes, mean, most, late)
}

// While the store is away three members try in each window. When it is back, one comes.
func TestOutage(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 4, 100} {
		w := newWorld(uint64(n), n, 3)
		s := w.stores["shared"]
		w.windows(3, 2)
		const windows = 40
		from := w.now
		s.away, s.statements = true, make(map[consensus.Window]int)
		w.windows(windows, 2)
		mean, most := s.mean(from, windows), s.most()
		if most > 3 {
			t.Errorf("%d nodes: %d tries in a window", n, most)
		}
		s.away, s.statements = false, make(map[consensus.Window]int)
		w.windows(1, 0)
		late, missing := w.late()
		if missing > 0 || s.most() > 2 {
			t.Errorf("%d nodes: %d missing after a window, %d statements", n, missing, s.most())
		}
		logFault(t, "the store away for 40 windows", n, mean, most, late)
	}
}

// Who alone holds a certificate, after a cut or a restart, writes it soon, though the others write nothing of it.
func TestLoneHolder(t *testing.T) {
	t.Parallel()
	for _, n := range []int{2, 4, 64, 300} {
		w := newWorld(uint64(n), n, 3)
		w.windows(3, 2)
		id := w.price(w.now.Add(-skew-time.Second), w.members[n-1])
		most := bits.Len(uint(n)) + 2
		w.windows(most, 2)
		if _, ok := w.landed[id]; !ok {
			t.Errorf("%d nodes: not stored after %d windows", n, most)
		}
	}
}

// Nodes on different stores don't believe each other: each store gets every price, soon.
func TestStores(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ members, stores, windows int }{{4, 2, 2}, {4, 4, 3}, {16, 4, 3}, {30, 2, 3}, {40, 40, 7}} {
		w := newWorld(3, c.members, 3)
		var roster []signing.Address
		for _, m := range w.members {
			roster = append(roster, m.address)
		}
		var shops []*shop
		for i := range c.stores {
			shops = append(shops, w.shop(string(rune('a'+i))))
		}
		for i, m := range w.members {
			w.seat(m, consensus.NewRoster(roster...), 3, shops[i%c.stores])
		}
		w.windows(20, 2)
		w.windows(c.windows, 0)
		most := 0
		for _, s := range shops {
			if len(s.rows) != len(w.due) {
				t.Errorf("%+v: store %s has %d rows of %d", c, s.id, len(s.rows), len(w.due))
			}
			most = max(most, s.most())
		}
		w.windows(70, 0)
		for _, m := range w.members {
			if len(m.outbox) > 0 {
				t.Errorf("%+v: %d certificates left in an outbox", c, len(m.outbox))
			}
		}
		if w.badDrop > 0 || len(w.named) > 0 {
			t.Errorf("%+v: %d dropped too early, %d named", c, w.badDrop, len(w.named))
		}
		t.Logf("%+v: at most %d statements in a window", c, most)
	}
}

// With messages lost, and a third of the members dead, every price is stored soon, and by few statements.
func TestLosses(t *testing.T) {
	t.Parallel()
	for _, n := range []int{4, 16, 100} {
		w := newWorld(uint64(n), n, 3)
		for i := range n / 3 {
			w.members[3*i].dead = true
		}
		w.delay = func(_, _ *member) (time.Duration, bool) {
			return time.Duration(w.random.Int64N(int64(3 * time.Second))), w.random.Float64() < 0.2
		}
		const windows = 60
		w.windows(windows, 3)
		w.windows(20, 0)
		late, missing := w.late()
		s := w.stores["shared"]
		logFault(t, "a third dead, a fifth of messages lost", n, s.mean(began(), windows), s.most(), late)
		if missing > 0 || late > 4 || w.badDrop > 0 {
			t.Errorf("%d nodes: %d missing, %d windows, %d dropped too early", n, missing, late, w.badDrop)
		}
	}
}

// A restart of every node at once costs one statement more: the writer does not hold what it wrote itself before, so the
// auditor writes that.
func TestRestart(t *testing.T) {
	t.Parallel()
	w := newWorld(9, 50, 34)
	w.windows(10, 3)
	var roster []signing.Address
	for _, m := range w.members {
		roster = append(roster, m.address)
	}
	for _, m := range w.members {
		w.seat(m, consensus.NewRoster(roster...), 34, m.shop)
	}
	s := w.stores["shared"]
	s.statements = make(map[consensus.Window]int)
	const windows = 10
	from := w.now
	w.windows(windows, 3)
	late, missing := w.late()
	logFault(t, "all restarted at once", len(w.members), s.mean(from, windows), s.most(), late)
	if missing > 0 || s.most() > 3 || w.badDrop > 0 {
		t.Errorf("%d missing, %d statements in a window, %d dropped too early", missing, s.most(), w.badDrop)
	}
}
