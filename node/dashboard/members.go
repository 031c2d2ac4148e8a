package dashboard

import (
	"slices"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/node/api"
)

const (
	// shownMembers bounds the table of nodes.
	shownMembers = 128
	// shownDiffers bounds the settings of a node that are told to differ.
	shownDiffers = 10
)

// members is the table of nodes.
type members struct {
	Rows []memberRow
	All  int // more than there are rows when some are left out
}

// memberRow is what is known of one node.
type memberRow struct {
	Name         name
	Troubled     bool // there is a finding about it, or it is silent
	PeerID       string
	Heard        bool
	Silent       bool
	Age          time.Duration // since it was heard
	Version      string
	OtherVersion bool // than this node's
	Differs      []string
	Clock        string
	Connected    int
	OneSided     int // connections that only one side has
	Backlog      uint64
	BacklogAge   time.Duration
	BacklogOld   bool // it is a finding: some wait is as it should be
	LastRow      time.Time
	Quorums      string
	Refusals     string
	Up           time.Duration // since its start, which is on its clock; 0: not known
}

// newMembers makes the table. Of a large network those come first of which something is wrong.
func newMembers(n api.Network, connected connections, who names, now time.Time) members {
	m := members{All: len(n.Members)}
	version, troubled, old := "", make(map[signing.Address]bool), make(map[signing.Address]bool)
	if own := member(n, n.Self); own != nil {
		version = own.Version
	}
	for _, f := range n.Findings {
		troubled[f.Member] = true
		old[f.Member] = old[f.Member] || f.Kind == consensus.BacklogOld
	}
	lone := connected.oneSided()
	for i := range n.Members {
		from := &n.Members[i]
		row := newMemberRow(from, now)
		row.Name, row.OneSided = who.of(from.Address), lone[i]
		row.OtherVersion = from.Version != "" && version != "" && from.Version != version
		row.BacklogOld = old[from.Address]
		row.Troubled = troubled[from.Address] || from.Silent
		m.Rows = append(m.Rows, row)
	}
	if len(m.Rows) > shownMembers {
		slices.SortStableFunc(m.Rows, func(a, b memberRow) int { return rank(a) - rank(b) })
		m.Rows = m.Rows[:shownMembers]
	}
	return m
}

// rank orders the rows of a network of which not all are shown.
func rank(r memberRow) int {
	if r.Troubled || r.Name.Self {
		return 0
	}
	return 1
}

func newMemberRow(m *api.Member, now time.Time) memberRow {
	row := memberRow{
		PeerID: clip(m.PeerID, label), Heard: m.LastHeard != nil, Silent: m.Silent, Age: now.Sub(at(m.LastHeard)), Version: clip(m.Version, label),
		Connected: len(m.Connected), Backlog: m.Backlog, BacklogAge: millis(m.BacklogAge), LastRow: at(m.LastRow),
		Quorums: number(m.Quorums), Refusals: number(m.Refusals),
	}
	if m.ClockOffset != nil {
		row.Clock = offset(*m.ClockOffset)
	}
	if m.Started != nil {
		row.Up = now.Sub(at(m.Started))
	}
	for _, d := range m.Differs[:min(len(m.Differs), shownDiffers)] {
		row.Differs = append(row.Differs, clip(d, label))
	}
	return row
}
