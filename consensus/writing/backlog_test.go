package writing_test

import (
	"math"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/writing"
)

// What has piled up is written once, by who has the turn, oldest first; that it takes many windows makes nobody else write the
// same rows, and what nobody else holds is still found by its holder's growing turns.
func TestBacklog(t *testing.T) {
	t.Parallel()
	for _, n := range []int{4, 9} {
		w := newWorld(uint64(n), n, 3)
		w.writes, w.reads = 500, 1000
		const prices, windows = 6_000, 8
		for i := range prices {
			w.price(w.now.Add(-time.Hour+time.Duration(i)*100*time.Millisecond), w.members...)
		}
		w.windows(windows, 5)
		lone := w.price(w.now.Add(-skew-time.Second), w.members[n-1])
		w.windows(8, 0)
		s := w.stores["shared"]
		if len(s.rows) != len(w.due) || s.asked > len(s.rows)+len(s.rows)/10 || s.most() > 6 {
			t.Errorf("%d nodes: %d of %d rows, %d were to be inserted, at most %d statements in a window",
				n, len(s.rows), len(w.due), s.asked, s.most())
		}
		if _, ok := w.landed[lone]; !ok {
			t.Errorf("%d nodes: what one node alone holds was not written", n)
		}
		w.windows(2*n+10, 0)
		for _, m := range w.members {
			if len(m.outbox) > 0 {
				t.Errorf("%d nodes: %d certificates left in an outbox", n, len(m.outbox))
			}
		}
		if w.badDrop > 0 || len(w.named) > 0 {
			t.Errorf("%d nodes: %d dropped too early, %d named", n, w.badDrop, len(w.named))
		}
	}
}

// In each window a member announces no more than others take of it, whatever is due, and goes on in the next.
func TestNoticesOfAWindow(t *testing.T) {
	t.Parallel()
	d := newDesk(t, false)
	var rank0 signing.Address
	for _, k := range d.keys {
		if d.machine.Rank(k.Address(), d.now) == 0 {
			rank0 = k.Address()
		}
	}
	w := newWorld(1, 1, 1)
	var roster []signing.Address
	for _, k := range d.keys {
		roster = append(roster, k.Address())
	}
	m := &member{address: rank0}
	w.seat(m, consensus.NewRoster(roster...), 3, w.stores["shared"])
	outbox := make([]writing.Waiting, writing.MaxWrite+5)
	for i := range outbox {
		outbox[i] = writing.Waiting{ID: signing.Digest{byte(i >> 16), byte(i >> 8), byte(i)}, Due: d.now.Add(-time.Hour)}
	}
	tasks := m.machine.Tasks(d.now, outbox)
	if len(tasks.Write) != writing.MaxWrite || !tasks.Until.Equal(began().Add(interval/3)) {
		t.Fatalf("%d to write until %s", len(tasks.Write), tasks.Until)
	}
	for rest := tasks.Write; len(rest) > 0; {
		part := rest[:min(len(rest), 1500)]
		rest = rest[len(part):]
		if notices := m.machine.Wrote(tasks, part, nil); len(notices) > 1 || len(notices) == 0 != (len(outbox)-5-len(rest) > 1500*writing.MaxNotices) {
			t.Fatalf("%d notices with %d rows left", len(notices), len(rest))
		}
	}
	if again := m.machine.Tasks(d.now.Add(time.Second), outbox); len(again.Write) > 0 {
		t.Errorf("%d more to write in the window", len(again.Write))
	}
}

// Members that announce tens of thousands of rows that nobody holds, in every window, and what they did not write, delay no
// price by more than liars can otherwise.
func TestFlood(t *testing.T) {
	t.Parallel()
	for _, seed := range []uint64{1} {
		const n, liars = 7, 2
		w := newWorld(seed, n, 5)
		var fakes uint64
		for _, m := range w.members {
			m.skew = time.Second // so that the liars are heard before anybody acts
		}
		for _, at := range w.random.Perm(n)[:liars] {
			w.members[at].skew = 0
			w.members[at].acts = func(w *world, m *member) {
				for range 2 { // in each stage
					window := consensus.WindowAt(w.now.Add(-m.skew), interval)
					var ids []signing.Digest
					for id := range w.due {
						if _, there := m.shop.rows[id]; !there {
							ids = append(ids, id)
						}
					}
					for len(ids) < 800 {
						fakes++
						ids = append(ids, signing.Digest{byte(fakes >> 24), byte(fakes >> 16), byte(fakes >> 8), byte(fakes), 0xfa})
					}
					notice := consensus.NewNotice("n", m.shop.id, window, m.address, ids)
					w.send(m, consensus.Writing{Notice: &notice})
				}
			}
		}
		w.reads = 600
		w.windows(2, 3)
		w.windows(2*liars+1, 0)
		if late, missing := w.late(); missing > 0 || late > 2*liars+1 {
			t.Errorf("seed %d: %d of %d prices missing, the slowest after %d windows", seed, missing, len(w.due), late)
		}
		if w.badDrop > 0 {
			t.Errorf("seed %d: %d dropped too early", seed, w.badDrop)
		}
		for _, m := range w.members {
			if m.acts != nil {
				m.dead = true
			}
		}
		w.reads = math.MaxInt
		w.windows(2*n, 0)
		for _, m := range w.members {
			if m.acts == nil && len(m.outbox) > 0 {
				t.Errorf("seed %d: %d certificates left in an outbox", seed, len(m.outbox))
			}
		}
	}
}
