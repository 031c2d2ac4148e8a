package writing_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

// announces is a writer that announces all that is due and writes nothing of it, in every window.
func announces(w *world, m *member) {
	window := consensus.WindowAt(w.now.Add(-m.skew), interval)
	var ids []signing.Digest
	for id := range w.due {
		if _, there := m.shop.rows[id]; !there && len(ids) < global.MaxNoticeIDs {
			ids = append(ids, id)
		}
	}
	n := consensus.NewNotice("n", m.shop.id, window, m.address, ids)
	w.send(m, consensus.Writing{Notice: &n})
}

// approves is an auditor that calls every row that was announced sound, and reads none.
func approves(w *world, m *member) { audits(w, m, false) }

// denies is an auditor that calls every row missing.
func denies(w *world, m *member) { audits(w, m, true) }

func audits(w *world, m *member, deny bool) {
	if len(m.heard) == 0 {
		return
	}
	var notices, lacking []signing.Digest
	for _, n := range m.heard[max(len(m.heard)-20, 0):] {
		notices = append(notices, n.digest)
		if deny && len(lacking)+len(n.ids) <= global.MaxAuditLacking {
			lacking = append(lacking, n.ids...)
		}
	}
	a := consensus.NewAudit("n", m.shop.id, consensus.WindowAt(w.now.Add(-m.skew), interval), m.address, notices, lacking)
	w.send(m, consensus.Writing{Audit: &a})
}

// colludes announces what it does not write, and calls what the others announced so sound.
func colludes(w *world, m *member) {
	announces(w, m)
	approves(w, m)
}

// dies writes in its turn, and never lives to announce it.
func dies(w *world, m *member) {
	if m.machine.Rank(m.address, w.now) != 0 {
		return
	}
	for id := range w.due {
		w.insert(m.shop, []signing.Digest{id})
	}
}

// While fewer members lie than audits are waited for, every price is stored at the latest 2 x bad + 1 windows after it has
// come due, bad being all who lie or are dead, and nobody drops a certificate before; no honest member is named.
func TestLiars(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(3, 14).Draw(t, "members")
		quorum := rapid.IntRange(2, n).Draw(t, "quorum")
		liars := rapid.IntRange(0, min(quorum, 8, n-1)-1).Draw(t, "liars")
		dead := rapid.IntRange(0, (n-liars-1)/2).Draw(t, "dead")
		w := newWorld(rapid.Uint64().Draw(t, "seed"), n, quorum)
		ways := []func(*world, *member){announces, approves, denies, colludes, dies}
		honest := make(map[signing.Address]bool)
		for i, at := range w.random.Perm(n) {
			m := w.members[at]
			switch {
			case i < liars:
				m.acts = ways[rapid.IntRange(0, len(ways)-1).Draw(t, "way")]
			case i < liars+dead:
				m.dead = true
			default:
				honest[m.address] = true
			}
			m.skew = time.Duration(w.random.Int64N(int64(4*time.Second))) - 2*time.Second
		}
		bad := liars + dead
		w.windows(8, 3)
		w.windows(2*bad+1, 0)
		if late, missing := w.late(); missing > 0 || late > 2*bad+1 {
			t.Errorf("%d of %d prices missing, the slowest after %d windows; %d bad members of %d", missing, len(w.due), late, bad, n)
		}
		w.windows(6*min(n, 16), 0)
		if w.badDrop > 0 {
			t.Errorf("%d certificates were dropped and are not stored", w.badDrop)
		}
		for _, m := range w.members {
			if honest[m.address] && len(m.outbox) > 0 {
				t.Errorf("%d certificates left in an outbox", len(m.outbox))
			}
			if honest[m.address] && w.named[m.address] > 0 {
				t.Errorf("an honest member is named")
			}
		}
	})
}

// A writer that announces and does not write, and an auditor that approves it, are named, and the price is stored a window
// later: by the next auditor.
func TestLiarsAreNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(1, 7, 3)
	var writer, auditor *member
	for _, m := range w.members {
		switch m.machine.Rank(m.address, began()) {
		case 0:
			writer = m
		case 1:
			auditor = m
		}
	}
	writer.acts, auditor.acts = announces, approves
	w.windows(1, 3)
	if _, missing := w.late(); missing != 3 {
		t.Fatalf("%d missing after the window of the two liars", missing)
	}
	w.windows(1, 0)
	if late, missing := w.late(); late != 2 || missing > 0 {
		t.Errorf("stored after %d windows, %d missing", late, missing)
	}
	if w.named[writer.address] == 0 || w.named[auditor.address] == 0 || len(w.named) != 2 {
		t.Errorf("named: %v; writer %s, auditor %s", w.named, writer.address, auditor.address)
	}
}

// Junk under an id keeps the true row out: no certificate is dropped, the junk is told, and when it is deleted the row is
// written in the next window.
func TestJunk(t *testing.T) {
	t.Parallel()
	w := newWorld(1, 7, 5)
	id := w.price(began().Add(-interval), w.members...)
	s := w.stores["shared"]
	s.rows[id] = false
	w.windows(20, 0)
	told := 0
	for _, m := range w.members {
		if _, held := m.outbox[id]; !held {
			t.Errorf("%s dropped its certificate", m.address)
		}
		told += len(m.machine.Findings())
	}
	if told < 5 {
		t.Errorf("%d findings", told)
	}
	if s.most() > 3 {
		t.Errorf("%d statements in a window", s.most())
	}
	delete(s.rows, id)
	w.windows(1, 0)
	if !s.rows[id] {
		t.Error("not written in the window after")
	}
	w.windows(16, 0)
	for _, m := range w.members {
		if len(m.outbox) > 0 {
			t.Errorf("%s still holds its certificate", m.address)
		}
	}
}

// A store that says yes and stores nothing is told by who reads, and loses nothing.
func TestSwallow(t *testing.T) {
	t.Parallel()
	w := newWorld(1, 4, 3)
	s := w.stores["shared"]
	s.swallows = true
	w.windows(10, 3)
	if len(w.named) == 0 {
		t.Error("nobody told")
	}
	s.swallows = false
	w.windows(1, 0)
	if late, missing := w.late(); missing > 0 {
		t.Errorf("%d missing, %d windows", missing, late)
	}
	if w.badDrop > 0 {
		t.Errorf("%d dropped", w.badDrop)
	}
}
