package screen

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/node/api"
)

// network returns the members and what is wrong, in as many lines as there is room for; 0: as many as it takes.
func (v *view) network(room int) []string {
	if v.Network == nil {
		return nil // the top says so
	}
	findings := v.findings()
	most := mostMembers
	if room > 0 { // the findings have up to half of it
		findings = findings[:min(len(findings), max(room/2, 1))]
		most = max(room-len(findings)-4, 1) // title, titles of columns, how many more, one to spare
	}
	return append(findings, v.members(most)...)
}

// findings returns what is wrong with the network in words, the oldest first.
func (v *view) findings() []string {
	found := v.Network.Findings
	if len(found) == 0 {
		return []string{v.head("network") + "   nothing is wrong"}
	}
	lines := []string{v.head("network") + "   " + v.warn(Count(len(found), "finding"))}
	for _, f := range found[:min(len(found), mostFindings)] {
		lines = append(lines, wrapped("  ", f.Text+", since "+clock(f.Since, v.now), v.columns)...)
	}
	if more := len(found) - mostFindings; more > 0 {
		lines = append(lines, v.dim(fmt.Sprintf("  and %d more", more)))
	}
	return lines
}

// members returns a table of so many members: this node, those with something wrong, the rest.
func (v *view) members(most int) []string {
	all := v.Network.Members
	order := v.order()
	shown := order[:min(len(order), most)]
	silent := 0
	for i := range all {
		if all[i].Silent {
			silent++
		}
	}
	head := Count(len(all), "member")
	if silent > 0 {
		head += ", " + v.bad(fmt.Sprintf("%d silent", silent))
	}
	sent := mostReceived(all)
	rows := make([][]cell, 0, len(shown))
	for _, place := range shown {
		rows = append(rows, v.member(place, sent))
	}
	columns := []column{
		{title: "address", most: 12},
		{title: "heard", most: 10, right: true},
		{title: "peer", most: 4},
		{title: "version", most: 20},
		{title: "clock", most: 9, right: true},
		{title: "backlog", most: 9, right: true},
		{title: "receives", most: 8, right: true},
		{title: "peers", most: 6, right: true},
	}
	lines := append([]string{v.head("members") + "   " + head}, table(columns, rows, v.dim, v.columns)...)
	if more := len(all) - len(shown); more > 0 {
		lines = append(lines, v.dim(fmt.Sprintf("  and %d more", more)))
	}
	return lines
}

// order returns the places of the members in the order in which they are shown.
func (v *view) order() []int {
	troubled := make(map[signing.Address]bool)
	for _, f := range v.Network.Findings {
		troubled[f.Member] = true
	}
	rank := func(place int) int {
		switch a := v.Network.Members[place].Address; {
		case a == v.Network.Self:
			return 0
		case troubled[a]:
			return 1
		}
		return 2
	}
	places := make([]int, len(v.Network.Members))
	for i := range places {
		places[i] = i
	}
	slices.SortStableFunc(places, func(a, b int) int { return cmp.Compare(rank(a), rank(b)) })
	return places
}

// member returns the row of the member at a place. What has been sent is that of mostReceived.
func (v *view) member(place int, sent []float64) []cell {
	m := &v.Network.Members[place]
	heard, peer := "never", "no"
	var style func(string) string
	switch {
	case m.Address == v.Network.Self:
		peer = "self"
	case m.Silent:
		style = v.bad
	}
	if m.LastHeard != nil {
		heard = ago(between(*m.LastHeard, v.Network.Time)) + " ago"
	}
	if m.PeerID != "" && peer == "no" {
		peer = "yes"
	}
	offset := "-"
	if m.ClockOffset != nil {
		offset = signed(millis(*m.ClockOffset))
	}
	backlog := "-"
	if m.LastHeard != nil {
		backlog = fmt.Sprint(m.Backlog)
	}
	return []cell{
		{short(m.Address), style},
		{heard, style},
		{peer, nil},
		{m.Version, nil},
		{offset, nil},
		{backlog, nil},
		{receives(m, place, sent), nil},
		{fmt.Sprint(m.Peers), nil},
	}
}

// mostReceived returns for each member how many of its prices a round came to the one to which most came: as many as it sent,
// as far as anybody can tell.
func mostReceived(members []api.Member) []float64 {
	most := make([]float64, len(members))
	for to := range members {
		for from := range most {
			if from != to {
				most[from] = max(most[from], rate(&members[to], from))
			}
		}
	}
	return most
}

// receives says how much of what the others have sent comes to the member at a place, in percent.
func receives(m *api.Member, place int, sent []float64) string {
	var came, all float64
	for from, most := range sent {
		if from != place {
			came, all = came+rate(m, from), all+most
		}
	}
	if all == 0 || len(m.Received) == 0 {
		return "-"
	}
	return fmt.Sprintf("%d %%", int(100*came/all))
}

// rate returns how many prices a round of the member at a place came to another one, as far as it has told.
func rate(to *api.Member, from int) float64 {
	for _, r := range to.Received {
		if i := from - r.First; i >= 0 && i < len(r.Prices) && r.Rounds > 0 {
			return float64(r.Prices[i]) / float64(r.Rounds)
		}
	}
	return 0
}
