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

// Read takes note of what the reading task brought: a verdict for each row that was read. Rows that were not reached have
// none, and are for the next turn.
func (m *Machine) Read(t Tasks, verdicts map[signing.Digest]Verdict, now time.Time) Read {
	m.mu.Lock()
	defer m.mu.Unlock()
	var r Read
	var audited, lacking []signing.Digest
	for _, n := range t.reading {
		before := len(n.lacks)
		r.Findings = m.readNotice(t, n, verdicts, now, r.Findings)
		r.Write = append(r.Write, n.lacks[before:]...)
		if n.read = len(n.rest) == 0; !n.read {
			continue
		}
		if n.Writer != m.cfg.Self && !n.unproven && len(audited) < global.MaxAuditNotices &&
			len(lacking)+len(n.lacks) <= global.MaxAuditLacking {
			audited, lacking = append(audited, n.digest), append(lacking, n.lacks...)
		}
		n.lacks = nil
	}
	m.findings = append(m.findings, r.Findings...)
	m.findings = slices.Clone(m.findings[max(len(m.findings)-maxFindings, 0):])
	r.Write = m.after(t, r.Write, verdicts)
	if t.tell && len(audited) > 0 {
		a := consensus.NewAudit(m.cfg.Network, m.store, t.Window, m.cfg.Self, audited, lacking)
		r.Audit = &a
	}
	return r
}

// after returns what to write after reading: what this node holds of what lacks, and what was to be written anyway. Called
// with mu held.
func (m *Machine) after(t Tasks, lacks []signing.Digest, verdicts map[signing.Digest]Verdict) []signing.Digest {
	lacks = slices.DeleteFunc(lacks, func(id signing.Digest) bool { _, held := m.held[id]; return !held })
	slices.SortFunc(lacks, compare)
	lacks = slices.Compact(lacks)
	write := slices.Concat(lacks, slices.DeleteFunc(slices.Clone(t.Write), func(id signing.Digest) bool {
		_, again := slices.BinarySearchFunc(lacks, id, compare)
		return again || verdicts[id] == Sound
	}))
	if m.alone {
		return write
	}
	return write[:min(len(write), m.room(t.Window))]
}

// readNotice takes note of the verdicts on a notice's rows, and adds what it finds to a list. Called with mu held.
func (m *Machine) readNotice(t Tasks, n *notice, verdicts map[signing.Digest]Verdict, now time.Time, found []Finding) []Finding {
	var rest []signing.Digest
	for _, id := range n.rest {
		_, held := m.held[id]
		switch v := verdicts[id]; {
		case v == Unread:
			rest = append(rest, id)
		case v == Sound:
			m.sound(n, id, held)
		case v == Unproven && !held:
			n.unproven = true
			if m.covers[id] == n {
				delete(m.covers, id)
			}
		default:
			n.lacks = append(n.lacks, id)
			if m.covers[id] != n && m.covers[id] != nil {
				continue
			}
			if first := m.find(n, id, t.Window); first && len(found) < maxTold {
				found = append(found, n.finding(id, v, now)...)
			}
		}
	}
	n.rest = rest
	return found
}

// sound takes note of a row that is there. Called with mu held.
func (m *Machine) sound(n *notice, id signing.Digest, held bool) {
	delete(m.lacking, id)
	if held {
		m.seen[id] = struct{}{}
	}
	if m.notices[n.digest] == n {
		m.covers[id] = n
	}
}

// find takes note of a row that lacks, and tells whether this node has to tell of it. Called with mu held.
func (m *Machine) find(n *notice, id signing.Digest, w consensus.Window) (first bool) {
	l := m.lacks(id, n, w)
	clear(l.confirmed) // this node knows better
	first = !l.told && n.Writer != m.cfg.Self
	l.told = true
	return first
}

// finding returns what is told of a row of a notice that lacks.
func (n *notice) finding(id signing.Digest, v Verdict, now time.Time) []Finding {
	announcement, err := n.Announcement(id)
	if err != nil {
		return nil // it is one of the notice's
	}
	return []Finding{{
		Kind: v.kind(), Announcement: announcement, At: now,
		Auditors: slices.SortedFunc(maps.Keys(n.auditors), signing.Address.Compare),
	}}
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

// Wrote takes note of rows that the node wrote in a stage, and of which of them it is sure, and returns the notices to be
// signed and published. It may be called several times in a stage.
func (m *Machine) Wrote(t Tasks, written, confirmed []signing.Digest) (notices []consensus.Notice) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.cfg.Roster.Open() {
		return nil
	}
	sure := make(map[signing.Digest]bool, len(confirmed))
	for _, id := range confirmed {
		sure[id] = true
	}
	if m.own.window != t.Window {
		m.own = spoken{window: t.Window}
	}
	if len(t.Write) > 0 && len(written) > 0 {
		m.wrote = t.Window
	}
	for ids := range slices.Chunk(written, global.MaxNoticeIDs) {
		announcement := consensus.NewNotice(m.cfg.Network, m.store, t.Window, m.cfg.Self, ids)
		own := m.announced(announcement, announcement.Digest())
		own.rest = slices.DeleteFunc(slices.Clone(announcement.IDs), func(id signing.Digest) bool { return sure[id] })
		if t.tell && m.own.notices < MaxNotices {
			notices = append(notices, announcement)
			m.own.notices++
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
