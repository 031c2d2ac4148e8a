package node

import (
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/node/api"
)

// Network returns the network as this node knows it from the heartbeats.
func (n *Node) Network() api.Network {
	p := n.pulse
	v := p.roll.View(n.now())
	seen := api.Network{
		Time: consensus.Time(v.At), Name: n.cfg.Network, Self: v.Self, Interval: p.interval.Milliseconds(),
		Clock:   api.Clock{Heard: v.Clock.Clocks, Needed: v.Clock.Needed, Fault: p.clock.fault()},
		Members: make([]api.Member, len(v.Members)), Findings: []api.Finding{},
	}
	if v.Clock.Known() {
		seen.Clock.Offset = millis(-v.Clock.Offset)
	}
	ids := n.peerIDs()
	for i := range v.Members {
		seen.Members[i] = memberOf(&v.Members[i], len(v.Members))
		seen.Members[i].PeerID = ids[v.Members[i].Address]
	}
	for _, a := range p.troubles() {
		f := api.Finding{Kind: a.Trouble, Member: a.Member, Text: a.Text, Since: consensus.Time(a.Since)}
		if a.Other != (signing.Address{}) {
			f.Other = &a.Other
		}
		seen.Findings = append(seen.Findings, f)
	}
	return seen
}

// memberOf returns what is told of a member of a network of so many.
func memberOf(m *consensus.Member, members int) api.Member {
	d := &m.Heartbeat.Details
	told := api.Member{
		Address: m.Address, Silent: m.Silent, Version: d.Version, Differs: m.Differences, Store: d.Store,
		Backlog: d.Backlog, BacklogAge: d.BacklogAge.Milliseconds(), Quorums: d.Quorums, Refusals: d.Refusals, Peers: d.Peers,
		Connected: []int{}, Received: []api.Received{},
	}
	if m.Timed {
		told.ClockOffset = millis(m.Offset)
	}
	if m.Heard.IsZero() {
		return told
	}
	heard, started := consensus.Time(m.Heard.UTC()), consensus.Time(m.Heartbeat.Start.Time())
	told.LastHeard, told.Started = &heard, &started
	if d.LastRow > 0 {
		row := consensus.Time(d.LastRow.Start())
		told.LastRow = &row
	}
	for place := range members {
		if m.Connects(place) {
			told.Connected = append(told.Connected, place)
		}
	}
	for _, r := range m.Received() {
		told.Received = append(told.Received, api.Received{
			Until: consensus.Time(r.Until.Start()), Rounds: r.Rounds, First: r.First, Prices: r.Counts,
		})
	}
	return told
}

func millis(d time.Duration) *int64 {
	ms := d.Milliseconds()
	return &ms
}

// peerIDs returns the peer IDs of the connected members and of this node by address.
func (n *Node) peerIDs() map[signing.Address]string {
	ids := map[signing.Address]string{n.key.Address(): n.host.ID().String()}
	for id, a := range n.neighbours() {
		ids[a] = id.String()
	}
	return ids
}
