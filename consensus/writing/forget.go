package writing

import (
	"slices"

	"github.com/gossip-price/gossip-price/consensus"
)

// forget forgets a notice: what only it announced counts as not announced. Called with mu held.
func (m *Machine) forget(n *notice) {
	if i := slices.Index(m.oldest, n); i == 0 { // mostly, and no reason to move all others
		m.oldest[0], m.oldest = nil, m.oldest[1:]
	} else {
		m.oldest = slices.Delete(m.oldest, i, i+1)
	}
	for _, id := range n.IDs {
		if m.covers[id] == n {
			delete(m.covers, id)
		}
	}
	delete(m.notices, n.digest)
	m.ids -= len(n.IDs)
	if m.by[n.Writer] -= len(n.IDs); m.by[n.Writer] <= 0 {
		delete(m.by, n.Writer)
	}
}

// sweep forgets what is over. Called with mu held.
func (m *Machine) sweep(w consensus.Window) {
	before := m.rota.back(w, max(int(memory/m.cfg.Interval), minWindows))
	for len(m.oldest) > 0 && m.oldest[0].Window < before {
		m.forget(m.oldest[0])
	}
	for id, l := range m.lacking {
		if n, ok := m.covers[id]; l.since < before || ok && m.done(n) {
			delete(m.lacking, id)
		}
	}
	recent := m.rota.back(w, m.kept())
	for old := range m.said {
		if old < recent {
			delete(m.said, old)
		}
	}
	for old := range m.front {
		if old < recent {
			delete(m.front, old)
		}
	}
	kept := m.audits[:0]
	for _, a := range m.audits {
		if a.Window >= recent {
			kept = append(kept, a)
		}
	}
	clear(m.audits[len(kept):])
	m.audits = kept
}
