package consensus

import (
	"fmt"
	"strings"
	"time"

	"github.com/gossip-price/gossip-price/consensus/signing"
)

// Trouble is a kind of finding. The list is closed.
type Trouble string

// The kinds of findings (section 3.10).
const (
	ClockOff          Trouble = "clock off"            // a clock is further from the others' than allowed
	SettingsDiffer    Trouble = "settings differ"      // a setting that must agree does not
	VersionDiffers    Trouble = "version differs"      // another version of the program
	StoreDiffers      Trouble = "store differs"        // most members share a price store, this one has another
	BacklogOld        Trouble = "backlog old"          // certificates wait for the price store for too long
	Silent            Trouble = "silent"               // a member of the roster is not heard of
	OneSided          Trouble = "one-sided connection" // a member has another one as a peer, and not the other way round
	ReceivesTooLittle Trouble = "receives too little"  // prices of a member come to others, but not to this one
)

// Troubles returns all kinds, in the order above: there are no others.
func Troubles() []Trouble {
	return []Trouble{
		ClockOff, SettingsDiffer, VersionDiffers, StoreDiffers, BacklogOld, Silent, OneSided, ReceivesTooLittle,
	}
}

// Finding is something that is wrong with the network, in words.
type Finding struct {
	Trouble Trouble
	Member  signing.Address // whom it is about
	Other   signing.Address // of OneSided and ReceivesTooLittle; else zero
	Text    string
}

// maxFindings bounds the findings of a view.
const maxFindings = 1024

// oldFlushes is after how many flush intervals beyond the settle period a backlog is old; leastOld is the least age.
const (
	oldFlushes = 10
	leastOld   = 2 * time.Minute
)

// OldBacklog returns for how long a certificate may wait for the price store before that is old.
func (p *Policy) OldBacklog(flush time.Duration) time.Duration {
	return p.Settle + max(leastOld, oldFlushes*flush)
}

// examiner is what findings rest on besides the view.
type examiner struct {
	policy   *Policy
	settings Settings
	begun    bool // the node has listened for long enough to call others silent
}

// findings returns all that is wrong, at most maxFindings.
func findings(v *View, x examiner) []Finding {
	var found []Finding
	store := commonStore(v.Members)
	for i := range v.Members {
		found = append(found, x.own(v, &v.Members[i], store)...)
	}
	found = append(found, oneSided(v)...)
	found = append(found, receiveTooLittle(v, x.policy)...)
	return found[:min(len(found), maxFindings)]
}

// own returns what is wrong with one member, itself and alone.
func (x examiner) own(v *View, m *Member, store string) []Finding {
	var found []Finding
	tell := func(trouble Trouble, format string, args ...any) {
		found = append(found, Finding{Trouble: trouble, Member: m.Address, Text: fmt.Sprintf(format, args...)})
	}
	self := m.Address == v.Self
	if m.Silent {
		switch {
		case m.Heard.IsZero() && x.begun:
			tell(Silent, "%s was not heard of since this node's start", m.Address)
		case !m.Heard.IsZero():
			tell(Silent, "%s was last heard of at %s", m.Address, m.Heard.UTC().Format(time.TimeOnly))
		}
		return found // what it said last may be otherwise by now
	}
	if text := x.clockOff(v.Clock, m, self); text != "" {
		tell(ClockOff, "%s", text)
	}
	d := m.Heartbeat.Details
	if len(m.Differences) > 0 {
		tell(SettingsDiffer, "%s's settings differ: %s", m.Address, strings.Join(m.Differences, "; "))
	}
	if ours := ownVersion(v); d.Version != "" && ours != "" && d.Version != ours {
		tell(VersionDiffers, "%s runs version %s, this node %s", m.Address, d.Version, ours)
	}
	if store != "" && d.Store != "" && d.Store != store {
		tell(StoreDiffers, "%s writes to another price store (%s) than most (%s)", m.Address, d.Store, store)
	}
	if d.Backlog > 0 && d.BacklogAge > x.policy.OldBacklog(x.settings.Flush) {
		tell(BacklogOld, "%d prices of %s wait for its price store, the oldest for %s", d.Backlog, m.Address, d.BacklogAge.Round(time.Second))
	}
	return found
}

// clockOff says in words how far a clock is off, if it is: measured against the clocks of all, not against the node's.
func (x examiner) clockOff(clock Reading, m *Member, self bool) string {
	if !clock.Known() {
		return ""
	}
	off := -clock.Offset
	if !self {
		if !m.Timed {
			return ""
		}
		off = m.Offset - clock.Offset
	}
	if off.Abs() <= x.policy.ClockBound() {
		return ""
	}
	return fmt.Sprintf("%s's clock is %s the others'", m.Address, Apart(off))
}

// Apart says how far a clock is from others: ahead of them when d is positive.
func Apart(d time.Duration) string {
	rounded := d.Abs().Round(time.Second)
	if rounded < 10*time.Second {
		rounded = d.Abs().Round(time.Millisecond)
	}
	if d < 0 {
		return rounded.String() + " behind"
	}
	return rounded.String() + " ahead of"
}

func ownVersion(v *View) string {
	for i := range v.Members {
		if m := &v.Members[i]; m.Address == v.Self {
			return m.Heartbeat.Details.Version
		}
	}
	return ""
}

// commonStore returns the price store that more than half of the members that tell theirs share, and at least two.
func commonStore(members []Member) string {
	shares, told := make(map[string]int), 0
	for i := range members {
		m := &members[i]
		if id := m.Heartbeat.Details.Store; id != "" && !m.Silent {
			shares[id]++
			told++
		}
	}
	for id, n := range shares {
		if n >= 2 && 2*n > told {
			return id
		}
	}
	return ""
}
