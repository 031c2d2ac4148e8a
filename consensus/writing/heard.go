package writing

import (
	"maps"
	"slices"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// announced takes note of a notice about the own store. Called with mu held.
func (m *Machine) announced(from consensus.Notice, digest signing.Digest) *notice {
	if len(from.IDs) == 0 {
		if rank := m.rota.rank(from.Writer, from.Window); rank != noRank && rank < stages && from.Writer != m.cfg.Self {
			m.stuck = max(m.stuck, from.Window)
		}
		return nil
	}
	if again, ok := m.notices[digest]; ok { // an own one: the same rows were written again
		m.forget(again)
	}
	n := &notice{Notice: from, digest: digest, auditors: make(map[signing.Address]struct{}), rest: from.IDs}
	m.notices[digest] = n
	m.oldest = append(m.oldest, n)
	m.ids += len(n.IDs)
	m.by[n.Writer] += len(n.IDs)
	for _, id := range n.IDs {
		if _, ok := m.covers[id]; !ok {
			m.covers[id] = n
		}
	}
	for m.ids > maxIDs {
		m.forget(m.mostOf())
	}
	for _, a := range m.audits { // that were faster
		m.apply(a, digest)
	}
	return n
}

// mostOf returns the oldest notice of whoever announced the most. It is looked for by the few who write before the many notices: a
// full memory costs each further notice a look of its own. Called with mu held.
func (m *Machine) mostOf() *notice {
	most := 0
	for _, ids := range m.by {
		most = max(most, ids)
	}
	return m.oldest[slices.IndexFunc(m.oldest, func(n *notice) bool { return m.by[n.Writer] == most })]
}

// audited takes note of an audit of the own store. Called with mu held.
func (m *Machine) audited(a consensus.Audit) {
	m.audits = append(m.audits, a)
	for _, digest := range a.Notices {
		m.apply(a, digest)
	}
}

// apply counts an audit for a notice. Nobody audits itself. What it found lacking is to be written again, unless this node
// has read it. Called with mu held.
func (m *Machine) apply(a consensus.Audit, digest signing.Digest) {
	n, ok := m.notices[digest]
	if _, covered := slices.BinarySearchFunc(a.Notices, digest, compare); !ok || !covered || a.Auditor == n.Writer {
		return
	}
	for _, id := range a.Lacking {
		if _, seen := m.seen[id]; m.covers[id] == n && !n.read && !seen {
			m.lacks(id, n, a.Window)
			n.denied = true
		}
	}
	n.auditors[a.Auditor] = struct{}{}
	if len(m.lacking) == 0 {
		return
	}
	for _, id := range n.IDs {
		if l, ok := m.lacking[id]; ok {
			if _, denied := slices.BinarySearchFunc(a.Lacking, id, compare); !denied {
				l.confirmed[a.Auditor] = struct{}{}
			}
		}
	}
}

// lacks takes note of a row that is not there, or false: its notice does not cover it any more. It is remembered where this
// node holds the certificate: what liars announce and nobody holds takes no memory. Called with mu held.
func (m *Machine) lacks(id signing.Digest, n *notice, w consensus.Window) *lack {
	delete(m.covers, id)
	l, ok := m.lacking[id]
	if !ok {
		l = &lack{since: w, confirmed: maps.Clone(n.auditors)}
		if _, held := m.held[id]; held && len(m.lacking) < maxLacking {
			m.lacking[id] = l
		}
	}
	return l
}
