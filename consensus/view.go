package consensus

import (
	"maps"
	"slices"
	"time"

	"github.com/gossip-price/gossip-price/consensus/signing"
)

// View is the network as one node knows it.
type View struct {
	At       time.Time
	Self     signing.Address
	Clock    Reading
	Members  []Member // the roster in the order of addresses; of an open network those that were heard of
	Findings []Finding
}

// Member is what a node knows of one member, itself among them.
type Member struct {
	Address   signing.Address
	Heard     time.Time // zero: never
	Silent    bool      // not heard of for three intervals
	Heartbeat Heartbeat // the newest one; zero if none came
	Offset    time.Duration
	Timed     bool // Offset, its clock less the node's, is known

	// Differences are the settings that are not the node's, in words.
	Differences []string

	placed   bool // it counts the same members in the same order
	received map[int]Received
}

// Came is how many prices of one member have come to another one.
type Came struct {
	Prices int
	Rounds int   // in how many rounds; 0: not known
	Until  Round // the last of them
}

// Came tells how many prices of the member at a place in the roster have come to this one.
func (m *Member) Came(place int) Came {
	first := place / MaxReceived * MaxReceived
	r := m.received[first]
	if !m.placed || place-first >= len(r.Counts) {
		return Came{}
	}
	return Came{int(r.Counts[place-first]), r.Rounds, r.Until}
}

// Received returns what the member told last of each part of the roster.
func (m *Member) Received() []Received {
	if !m.placed {
		return nil
	}
	return slices.SortedFunc(maps.Values(m.received), func(a, b Received) int { return a.First - b.First })
}

// Connects tells whether the member says that it has the one at a place in the roster as a peer.
func (m *Member) Connects(place int) bool { return m.placed && m.Heartbeat.Details.Connects(place) }

// View returns the network as the node knows it now, with all that is wrong with it, in words.
func (r *Roll) View(now time.Time) View {
	now = now.Round(0)
	r.mu.Lock()
	v := View{At: now, Self: r.policy.Self, Clock: r.clock(now)}
	addresses := r.members
	if r.policy.Roster.Open() {
		addresses = append(slices.Collect(maps.Keys(r.entries)), r.policy.Self)
		slices.SortFunc(addresses, signing.Address.Compare)
	}
	for _, a := range addresses {
		v.Members = append(v.Members, r.member(a, now))
	}
	since := r.since
	r.mu.Unlock()
	v.Findings = findings(&v, examiner{
		policy: &r.policy, settings: r.settings, begun: now.Sub(since) > freshBeats*r.interval,
	})
	return v
}

// member returns what is known of one member. Called with mu held.
func (r *Roll) member(a signing.Address, now time.Time) Member {
	m := Member{Address: a}
	e := r.entries[a]
	if a == r.policy.Self {
		e = r.own
	}
	if e == nil || e.heard.IsZero() {
		m.Silent = a != r.policy.Self
		return m
	}
	m.Heard, m.Heartbeat, m.Offset, m.Timed = e.heard, e.heartbeat, e.offset, e.timed
	m.Silent = a != r.policy.Self && !r.fresh(e, now)
	m.received = maps.Clone(e.received)
	theirs := e.heartbeat.Details.Settings
	m.Differences = theirs.Differences(r.settings)
	m.placed = len(r.members) > 0 && theirs.Members == r.settings.Members && theirs.Roster == r.settings.Roster
	return m
}
