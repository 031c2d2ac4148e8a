package writing

import (
	"maps"
	"slices"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

// Read is what a node found when it did its reading task.
type Read struct {
	Audit    *consensus.Audit // to be signed and published; nil: there is nothing to tell
	Write    []signing.Digest // rows to write now, if the node holds their certificates: what lacks, and what was to be written anyway
	Findings []Finding        // that are new
}

// Sound checks a row that was read back.
func (m *Machine) Sound(row consensus.Row) error {
	if row.Network != m.cfg.Network {
		return errForeign
	}
	return row.Verify(m.cfg.Roster.Contains, m.cfg.Quorum)
}

// Read takes note of what the reading task brought: for each row that is there, whether it is sound.
func (m *Machine) Read(t Tasks, found map[signing.Digest]bool, now time.Time) Read {
	m.mu.Lock()
	defer m.mu.Unlock()
	var r Read
	var audited, lacking []signing.Digest
	for _, n := range t.reading {
		var lacks []signing.Digest
		for _, id := range n.rows(m.cfg.Self) {
			if found[id] {
				delete(m.lacking, id)
				if m.notices[n.digest] == n {
					m.covers[id] = n
				}
				continue
			}
			lacks = append(lacks, id)
			if m.covers[id] == n || m.covers[id] == nil {
				r.Findings = append(r.Findings, m.find(n, id, found, t.Window, now)...)
			}
		}
		n.read = true
		r.Write = append(r.Write, lacks...)
		if n.Writer != m.cfg.Self && len(lacking)+len(lacks) <= global.MaxAuditLacking {
			audited, lacking = append(audited, n.digest), append(lacking, lacks...)
		}
	}
	m.findings = append(m.findings, r.Findings...)
	m.findings = slices.Clone(m.findings[max(len(m.findings)-maxFindings, 0):])
	slices.SortFunc(r.Write, compare)
	lacks := slices.Compact(r.Write)
	r.Write = slices.Concat(lacks, slices.DeleteFunc(slices.Clone(t.Write), func(id signing.Digest) bool {
		_, again := slices.BinarySearchFunc(lacks, id, compare)
		return again || found[id]
	}))
	if t.tell && len(audited) > 0 {
		a := consensus.NewAudit(m.cfg.Network, m.store, t.Window, m.cfg.Self, audited, lacking)
		r.Audit = &a
	}
	return r
}

// find takes note of a row that lacks, and returns a finding if this node has not told of it yet. Called with mu held.
func (m *Machine) find(n *notice, id signing.Digest, found map[signing.Digest]bool, w consensus.Window, now time.Time) []Finding {
	l := m.lacks(id, n, w)
	clear(l.confirmed) // this node knows better
	told := l.told
	l.told = true
	if told || n.Writer == m.cfg.Self {
		return nil
	}
	announcement, err := n.Announcement(id)
	if err != nil {
		return nil // it is one of the notice's
	}
	f := Finding{
		Kind: Missing, Announcement: announcement, At: now,
		Auditors: slices.SortedFunc(maps.Keys(n.auditors), signing.Address.Compare),
	}
	if _, there := found[id]; there {
		f.Kind = False
	}
	return []Finding{f}
}

// Confirmed returns which certificates are to be dropped now, of those that the store confirmed: what it returned as new.
// What was there before may be junk; a row that was found lacking once is not dropped before it was read. In an open network
// nobody reads, and the store is believed.
func (m *Machine) Confirmed(written, fresh []signing.Digest) (drop []signing.Digest) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.cfg.Roster.Open() {
		return written
	}
	return slices.DeleteFunc(slices.Clone(fresh), func(id signing.Digest) bool { return m.lacking[id] != nil })
}

// Wrote takes note of the rows that the node wrote in a stage, and which of them it has dropped, and returns the notices to
// be signed and published.
func (m *Machine) Wrote(t Tasks, written, dropped []signing.Digest) (notices []consensus.Notice) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.cfg.Roster.Open() {
		return nil
	}
	sure := make(map[signing.Digest]bool, len(dropped))
	for _, id := range dropped {
		sure[id] = true
	}
	for ids := range slices.Chunk(written, global.MaxNoticeIDs) {
		announcement := consensus.NewNotice(m.cfg.Network, m.store, t.Window, m.cfg.Self, ids)
		own := m.announced(announcement, announcement.Digest())
		own.unsure = slices.DeleteFunc(slices.Clone(announcement.IDs), func(id signing.Digest) bool { return sure[id] })
		if t.tell && len(notices) < MaxNotices {
			notices = append(notices, announcement)
		}
	}
	return notices
}

// Failed returns the notice by which a node tells that it was there and could not write or read; nil: there is nobody to
// tell. It is to be signed and published.
func (m *Machine) Failed(t Tasks) *consensus.Notice {
	if !t.tell {
		return nil
	}
	n := consensus.NewNotice(m.cfg.Network, m.Store(), t.Window, m.cfg.Self, nil)
	return &n
}
