package consensus

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/gossip-price/gossip-price/consensus/signing"
)

// oneSided finds members that have another one as a peer that has not them.
func oneSided(v *View) []Finding {
	var found []Finding
	for i := range v.Members {
		for j := range i {
			from, to := &v.Members[i], &v.Members[j]
			there, back := from.Connects(j), to.Connects(i)
			if there == back || !from.placed || !to.placed || from.Silent || to.Silent || len(found) >= maxFindings {
				continue
			}
			if back {
				from, to = to, from
			}
			found = append(found, Finding{
				Trouble: OneSided, Member: from.Address, Other: to.Address,
				Text: fmt.Sprintf("%s has %s as a peer, but not the other way round", from.Address, to.Address),
			})
		}
	}
	return found
}

const (
	// fewestPrices is of how many prices something can be said, and fewestMissing how many must be missing.
	fewestPrices  = 4
	fewestMissing = 2
	// poorLink is the part of a member's prices, in percent, from which on a link is a good one.
	poorLink = 80
)

// receiveTooLittle finds members to which fewer prices of another one come than to the rest. What came to the rest, the
// median, is what that one has sent: so nobody is told of a link because a member was away.
func receiveTooLittle(v *View, p *Policy) []Finding {
	var found []Finding
	for place := range v.Members {
		column := newColumn(v, place, p)
		for at, c := range column.cells {
			if len(found) >= maxFindings {
				return found
			}
			if percent, poor := column.poor(at); poor {
				from := v.Members[place].Address
				found = append(found, Finding{
					Trouble: ReceivesTooLittle, Member: c.to, Other: from,
					Text: fmt.Sprintf("%s receives %d %% of %s's prices", c.to, percent, from),
				})
			}
		}
	}
	return found
}

// column is what has come of one member to each of the others.
type column struct {
	cells  []cell // sorted by rate
	until  Round  // the median
	policy *Policy
}

type cell struct {
	to   signing.Address
	came Came
	rate float64 // prices a round
}

func newColumn(v *View, place int, p *Policy) column {
	c := column{policy: p}
	var untils []Round
	for i := range v.Members {
		m := &v.Members[i]
		came := m.Came(place)
		off := v.Clock.Known() && m.Timed && (m.Offset-v.Clock.Offset).Abs() > p.ClockBound() // its rounds are not ours
		if i == place || m.Silent || off || came.Rounds == 0 {
			continue
		}
		c.cells = append(c.cells, cell{m.Address, came, float64(came.Prices) / float64(came.Rounds)})
		untils = append(untils, came.Until)
	}
	slices.SortFunc(c.cells, func(a, b cell) int { return cmp.Compare(a.rate, b.rate) })
	if len(untils) > 0 {
		slices.Sort(untils)
		c.until = untils[len(untils)/2]
	}
	return c
}

// poor tells whether less has come to the member of a cell than to the others, and how much in percent. Members count
// rounds up to different ones: as many prices as that makes are not missed.
func (c column) poor(at int) (percent int, poor bool) {
	middle := (len(c.cells) - 1) / 2 // of the others
	if at <= middle {
		middle++
	}
	if middle >= len(c.cells) {
		return 0, false
	}
	came := c.cells[at].came
	expected := c.cells[middle].rate * float64(came.Rounds)
	apart := max(came.Until, c.until) - min(came.Until, c.until)
	rounds := 1 + float64(apart)/c.policy.Interval.Seconds()
	slack := fewestMissing + rounds*float64(len(c.policy.Pairs))
	got := float64(came.Prices)
	if expected < fewestPrices || expected-got < slack || 100*got > poorLink*expected {
		return 0, false
	}
	return int(100 * got / expected), true
}
