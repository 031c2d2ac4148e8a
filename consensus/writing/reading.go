package writing

import (
	"bytes"
	"slices"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// overdue returns for how many windows longer than its patience this node waits for audits of what it holds, not counting
// those in which somebody could not write. Called with mu held.
func (m *Machine) overdue(w consensus.Window, outbox []Waiting) int {
	oldest := w
	for _, c := range outbox {
		if n, ok := m.covers[c.ID]; ok && m.misses(c, n) {
			oldest = min(oldest, n.Window)
		}
	}
	return max(m.rota.since(max(oldest, m.stuck), w)-m.patience(), 0)
}

// misses tells whether this node still has to know of the row of a certificate that a notice announced. Called with mu held.
func (m *Machine) misses(c Waiting, n *notice) bool {
	if m.settled(c.ID) || !m.wants(n) { // in this order: wants may look at all rows of a notice that is done
		return false
	}
	_, unread := slices.BinarySearchFunc(n.rest, c.ID, compare)
	return unread
}

// wants tells whether this node still wants to read the rows of a notice: until enough others have, and while one of them
// denies a row that not enough have seen. Called with mu held.
func (m *Machine) wants(n *notice) bool {
	if len(n.rest) == 0 {
		return false
	}
	return !m.done(n) || n.denied && slices.ContainsFunc(n.IDs, func(id signing.Digest) bool {
		_, denied := m.lacking[id]
		return denied && !m.settled(id)
	})
}

// toRead returns what to read back, at most MaxRead rows, and the notices that announced it. First come the rows of what
// this node holds: whatever else is announced, those are there to be written again when they lack. Then come all the rows
// of these notices, for the others, those of whoever announced the least first. Who stands in reads nothing when somebody
// has audited in this window. Called with mu held.
func (m *Machine) toRead(
	w consensus.Window, stage int, outbox []Waiting, notices []*notice,
) (reading []*notice, ids []signing.Digest) {
	if stage > 1 && !m.alone && slices.ContainsFunc(m.audits, func(a consensus.Audit) bool { return a.Window == w }) {
		return nil, nil
	}
	taken, asked := make(map[*notice]bool), make(map[signing.Digest]bool)
	ask := func(n *notice, id signing.Digest) {
		if !taken[n] {
			taken[n], reading = true, append(reading, n)
		}
		if !asked[id] && len(ids) < MaxRead {
			asked[id], ids = true, append(ids, id)
		}
	}
	for _, c := range outbox {
		if n, ok := m.covers[c.ID]; ok && m.misses(c, n) {
			ask(n, c.ID)
		}
	}
	notices = slices.Clone(notices)
	slices.SortStableFunc(notices, func(a, b *notice) int { return m.by[a.Writer] - m.by[b.Writer] })
	for _, n := range notices {
		if len(ids) == MaxRead {
			break
		}
		if !m.wants(n) {
			continue
		}
		for _, id := range n.rest {
			ask(n, id)
		}
	}
	return reading, ids
}

func compare(a, b signing.Digest) int { return bytes.Compare(a[:], b[:]) }
