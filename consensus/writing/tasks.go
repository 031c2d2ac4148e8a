package writing

import (
	"bytes"
	"slices"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

const (
	// MaxWrite bounds the rows that are to be written in one stage.
	MaxWrite = MaxNotices * global.MaxNoticeIDs
	// MaxRead bounds the rows that are to be read back in one stage, by one notice of the largest.
	MaxRead = MaxWrite
)

// Waiting is a certificate in the node's outbox.
type Waiting struct {
	ID  signing.Digest
	Due time.Time // a settle period after its last attestation
}

// Tasks are what a node is to do in a stage: drop, then read, then write.
type Tasks struct {
	Window consensus.Window
	Drop   []signing.Digest // certificates whose rows are in the store
	Read   []signing.Digest // rows to read back
	Write  []signing.Digest // certificates to write, the oldest first
	Lost   int              // certificates whose rows this node missed in the store and has not seen there since

	reading []*notice
	tell    bool // the others are told
}

// Last returns what to do before the node stops: to drop, and to write what nobody has announced.
func (m *Machine) Last(now time.Time, outbox []Waiting) Tasks {
	m.mu.Lock()
	defer m.mu.Unlock()
	w, _ := m.rota.stageAt(now)
	t, open := m.sort(now, w, outbox)
	t.Write = m.toWrite(open, w, 0)
	return t
}

// Tasks returns what to do now, given the node's outbox, the oldest certificate first.
func (m *Machine) Tasks(now time.Time, outbox []Waiting) Tasks {
	m.mu.Lock()
	defer m.mu.Unlock()
	w, stage := m.rota.stageAt(now)
	m.sweep(w)
	t, open := m.sort(now, w, outbox)
	m.roll(now, w, open)
	rank := m.rota.rank(m.cfg.Self, w)
	t.tell = rank != noRank && (rank < stages || !m.alone)
	if m.turn(rank, stage, m.idle) {
		t.Write = m.toWrite(open, w, stage)
	}
	if stage > 0 && m.turn(rank, stage, m.overdue(w)) {
		t.reading, t.Read = m.toRead(w, stage)
	}
	return t
}

// sort parts an outbox into what is to be dropped, what is announced, and what is open. Called with mu held.
func (m *Machine) sort(now time.Time, w consensus.Window, outbox []Waiting) (t Tasks, open []Waiting) {
	t = Tasks{Window: w}
	for _, c := range outbox {
		if l, ok := m.lacking[c.ID]; ok && l.told {
			t.Lost++
		}
		switch _, announced := m.covers[c.ID]; {
		case c.Due.After(now):
		case m.settled(c.ID):
			t.Drop = append(t.Drop, c.ID)
		case !announced:
			open = append(open, c)
		}
	}
	return t, open
}

// turn tells whether a member acts in a stage: 2^grown members do at once.
func (m *Machine) turn(rank, stage, grown int) bool {
	group, n := 1<<min(grown, 20), len(m.rota.members)
	if m.alone || group >= n {
		return true
	}
	return rank >= stage*group && rank < (stage+1)*group
}

// roll brings idle up to a new window: it grows when this node holds what was due in good time before the last window, and
// nobody has announced it; not when somebody tried and could not, for then more writers help nobody. Called with mu held.
func (m *Machine) roll(now time.Time, w consensus.Window, open []Waiting) {
	if w == m.rolled {
		return
	}
	last := m.rota.back(w, 1)
	due := last.Start().Add(-m.cfg.Skew)
	left := slices.ContainsFunc(open, func(c Waiting) bool { return !c.Due.After(due) })
	switch {
	case !left, m.stuck >= last:
		m.idle = 0
	case m.rolled == last:
		m.idle++
	}
	m.rolled = w
	if 1<<min(m.idle, 20) >= len(m.rota.members) && m.idle > 0 && now.Sub(m.heard) > memory {
		m.alone = true
	}
}

// toWrite returns the certificates that nobody has announced. After the first stage those that came due just before the
// window are left out: by the writer's clock they may not have been. Called with mu held.
func (m *Machine) toWrite(open []Waiting, w consensus.Window, stage int) []signing.Digest {
	due := w.Start().Add(-m.cfg.Skew)
	var ids []signing.Digest
	for _, c := range open {
		if len(ids) == MaxWrite && !m.alone {
			break
		}
		if stage == 0 || m.alone || !c.Due.After(due) {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// overdue returns for how many windows longer than its patience this node waits for audits, not counting those in which
// somebody could not write. Called with mu held.
func (m *Machine) overdue(w consensus.Window) int {
	for _, n := range m.oldest {
		if m.wants(n) {
			return max(m.rota.since(max(n.Window, m.stuck), w)-m.patience(), 0)
		}
	}
	return 0
}

// wants tells whether this node still wants to read the rows of a notice: until enough others have, and while one of them
// denies a row that not enough have seen. Called with mu held.
func (m *Machine) wants(n *notice) bool {
	if n.read || n.Writer == m.cfg.Self && len(n.unsure) == 0 {
		return false
	}
	return !m.done(n) || n.denied && slices.ContainsFunc(n.IDs, func(id signing.Digest) bool {
		_, denied := m.lacking[id]
		return denied && !m.settled(id)
	})
}

// toRead returns the notices to audit, the oldest first, and their rows. Who stands in reads nothing when somebody has
// audited in this window. Called with mu held.
func (m *Machine) toRead(w consensus.Window, stage int) (reading []*notice, ids []signing.Digest) {
	if stage > 1 && !m.alone && slices.ContainsFunc(m.audits, func(a consensus.Audit) bool { return a.Window == w }) {
		return nil, nil
	}
	for _, n := range m.oldest {
		if !m.wants(n) {
			continue
		}
		rows := n.rows(m.cfg.Self)
		if len(reading) == global.MaxAuditNotices || len(ids)+len(rows) > MaxRead {
			break
		}
		reading, ids = append(reading, n), append(ids, rows...)
	}
	slices.SortFunc(ids, compare)
	return reading, slices.Compact(ids)
}

// rows returns what is to be read of a notice: of an own one what the store did not return as new.
func (n *notice) rows(self signing.Address) []signing.Digest {
	if n.Writer == self {
		return n.unsure
	}
	return n.IDs
}

func compare(a, b signing.Digest) int { return bytes.Compare(a[:], b[:]) }
