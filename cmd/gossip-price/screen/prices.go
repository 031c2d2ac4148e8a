package screen

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/gossip-price/gossip-price/node/api"
)

// prices returns the latest price of each pair.
func (v *view) prices() []string {
	columns := []column{
		{title: "pair", most: 25},
		{title: "price", most: 40, right: true},
		{title: "age", most: 8, right: true},
		{title: "", most: 5},
		{title: "round", most: 20},
		{title: "spread", most: 10, right: true},
		{title: "prices", most: 6, right: true},
		{title: "signers", most: 7, right: true},
	}
	var rows [][]cell
	for _, l := range v.Latest[:min(len(v.Latest), mostPairs)] {
		stale := cell{"", nil}
		if l.Stale {
			stale = cell{"STALE", v.bad}
		}
		rows = append(rows, []cell{
			{string(l.Pair), nil},
			{l.Price.String(), v.head},
			{ago(millis(l.Age)), nil},
			stale,
			{clock(l.RoundTime, v.now), nil},
			{percent(l.Spread), nil},
			{fmt.Sprint(l.Count), nil},
			{fmt.Sprint(l.Signers), nil},
		})
	}
	var lines []string
	if len(rows) > 0 {
		lines = append([]string{v.head("latest price")}, table(columns, rows, v.dim, v.columns)...)
	}
	if more := len(v.Latest) - len(rows); more > 0 {
		lines = append(lines, v.dim("  and of "+Count(more, "pair")+" more"))
	}
	for _, part := range slices.Sorted(maps.Keys(v.Missing)) {
		if pair, ok := strings.CutPrefix(part, PartLatest); ok {
			lines = append(lines, v.absent(part, "price"+pair)...)
		}
	}
	return lines
}

// percent writes millionths as percent.
func percent(millionths int64) string {
	return fmt.Sprintf("%d.%04d %%", millionths/10_000, millionths%10_000)
}

// round returns what became of the last round.
func (v *view) round() []string {
	if v.Round == nil {
		return v.absent(PartRound, "round")
	}
	var quorums, stored, refusals int
	for i := range v.Round.Proposals {
		p := &v.Round.Proposals[i]
		refusals += len(p.Refusals)
		if p.Verified {
			quorums++
		}
		if p.InStore {
			stored++
		}
	}
	what := fmt.Sprintf(" %s: %s proposed, %d with quorum, %d stored, %s", clock(v.Round.RoundTime, v.now),
		Count(len(v.Round.Proposals), "price"), quorums, stored, Count(refusals, "refusal"))
	lines := []string{v.head("round") + clip(what, v.columns-len("round"))}
	for i := range v.Round.Proposals[:min(len(v.Round.Proposals), mostPrices)] {
		lines = append(lines, wrapped("  ", v.proposal(&v.Round.Proposals[i]), v.columns)...)
	}
	if more := len(v.Round.Proposals) - mostPrices; more > 0 {
		lines = append(lines, v.dim(fmt.Sprintf("  and %d more; 'gossip-price why %d' tells of all", more, v.Round.Round)))
	}
	return lines
}

// proposal returns the story of a price in one sentence.
func (v *view) proposal(p *api.Proposal) string {
	text := fmt.Sprintf("%s %s %s by %s: %s", p.ID.Short(), p.Pair, p.Price, short(p.FirstSigner), Count(len(p.Signers), "signer"))
	if !p.Verified {
		text += ", no quorum"
	} else {
		text += ", quorum"
	}
	if p.Quorum != nil {
		if took := between(p.ObservedTime, *p.Quorum); took > 0 && took < time.Hour { // by two clocks
			text += " in " + ago(took)
		}
	}
	if p.InStore {
		text += ", stored"
	}
	if p.Convicted {
		text += ", convicted"
	}
	if len(p.Refusals) > 0 {
		text += fmt.Sprintf(", refused by %d: %s", len(p.Refusals), p.Refusals[0].Reason)
	}
	return text
}
