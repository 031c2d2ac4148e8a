package writing

import (
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

const (
	// MaxWrite bounds the rows that are to be written in a window: what notices can tell.
	MaxWrite = MaxNotices * global.MaxNoticeIDs
	// MaxRead bounds the rows that are to be read back in one stage.
	MaxRead = MaxWrite
)

// Waiting is a certificate in the node's outbox.
type Waiting struct {
	ID  signing.Digest
	Due time.Time // a settle period after its last attestation
}

// Tasks are what a node is to do in a stage: drop, then read, then write. Reading and writing go on in parts until Until;
// what is left then is for the next turn.
type Tasks struct {
	Window consensus.Window
	Drop   []signing.Digest // certificates whose rows are in the store
	Read   []signing.Digest // rows to read back: those of the node's own certificates first
	Write  []signing.Digest // certificates to write, the oldest first
	Lost   int              // certificates whose rows this node missed in the store and has not seen there since
	Until  time.Time        // the end of the stage; zero: nobody has a turn after this one
	// Quiet: of the members whose turn came before in this window not all have been heard, so one may be at work yet.
	Quiet bool

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
	if !m.alone {
		t.Until = m.rota.nextStage(now)
		t.Quiet = m.quiet(w, rank)
	}
	if m.turn(rank, stage, m.idle) {
		t.Write = m.toWrite(open, w, stage)
	}
	switch {
	case stage == 0:
	case m.turn(rank, stage, 0):
		t.reading, t.Read = m.toRead(w, stage, outbox, m.oldest)
	case m.turn(rank, stage, m.overdue(w, outbox)):
		t.reading, t.Read = m.toRead(w, stage, outbox, nil)
	}
	return t
}

// sort parts an outbox into what is to be dropped, what is announced, and what is open. Called with mu held.
func (m *Machine) sort(now time.Time, w consensus.Window, outbox []Waiting) (t Tasks, open []Waiting) {
	t = Tasks{Window: w}
	m.hold(outbox)
	for _, c := range outbox {
		if l, ok := m.lacking[c.ID]; ok && l.told {
			t.Lost++
		}
		n, announced := m.covers[c.ID]
		if announced {
			m.advance(n, c)
		}
		switch {
		case c.Due.After(now):
		case m.settled(c.ID):
			t.Drop = append(t.Drop, c.ID)
		case !announced:
			open = append(open, c)
		}
	}
	return t, open
}

// hold takes note of which certificates the node holds. Called with mu held.
func (m *Machine) hold(outbox []Waiting) {
	m.held = make(map[signing.Digest]struct{}, len(outbox))
	for _, c := range outbox {
		m.held[c.ID] = struct{}{}
	}
	for id := range m.seen {
		if _, held := m.held[id]; !held {
			delete(m.seen, id)
		}
	}
}

// turn tells whether a member acts in a stage: 2^grown members do at once. Called with mu held.
func (m *Machine) turn(rank, stage, grown int) bool {
	group, n := 1<<min(grown, 20), len(m.rota.members)
	if m.alone || group >= n {
		return true
	}
	return rank >= stage*group && rank < (stage+1)*group
}

// toWrite returns the certificates that nobody has announced. After the first stage those that came due just before the
// window are left out: by the writer's clock they may not have been. Called with mu held.
func (m *Machine) toWrite(open []Waiting, w consensus.Window, stage int) []signing.Digest {
	due := w.Start().Add(-m.cfg.Skew)
	var ids []signing.Digest
	for _, c := range open {
		if !m.alone && len(ids) >= m.room(w) {
			break
		}
		if stage == 0 || m.alone || !c.Due.After(due) {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// room returns how many rows this node can still announce in a window. Called with mu held.
func (m *Machine) room(w consensus.Window) int {
	made := 0
	if m.own.window == w {
		made = m.own.notices
	}
	return max(MaxNotices-made, 0) * global.MaxNoticeIDs
}

// quiet tells whether somebody whose turn in a window came before that of this rank has said nothing in it. Called with mu
// held.
func (m *Machine) quiet(w consensus.Window, rank int) bool {
	for _, a := range m.rota.members {
		if before := m.rota.rank(a, w); before < min(rank, stages) && m.said[w][a] == nil {
			return true
		}
	}
	return false
}
