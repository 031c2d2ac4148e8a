package writing_test

import (
	"testing"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/store/storetest"
	"github.com/gossip-price/gossip-price/consensus/writing"
)

// A row of another roster or quorum than today's is a proof if a former one that this node knows made it, before that ended;
// strangers' good signatures make none, and bad content or signatures are called false.
func TestJudge(t *testing.T) {
	t.Parallel()
	ours, strangers := storetest.NewSigners(t, "n", 4), storetest.NewSigners(t, "n", 4)
	row, foreign := ours.Rows(t, 1)[0], strangers.Rows(t, 1)[0]
	old := consensus.Term{Roster: consensus.NewRoster(ours.Addresses()...), Quorum: 3, Until: row.RoundTime.Add(1)}
	over := old
	over.Until = row.RoundTime
	changed := row
	changed.Price = foreign.Price
	unsigned := row
	unsigned.SignData = append([]consensus.Attestation(nil), row.SignData...)
	unsigned.SignData[1].Signature = foreign.SignData[1].Signature
	elsewhere := storetest.NewSigners(t, "m", 4).Rows(t, 1)[0]
	others := consensus.NewRoster(storetest.NewSigners(t, "n", 4).Addresses()...)
	for name, c := range map[string]struct {
		roster consensus.Roster
		quorum int
		former []consensus.Term
		row    consensus.Row
		want   writing.Verdict
	}{
		"of today":            {old.Roster, 4, nil, row, writing.Sound},
		"quorum raised":       {old.Roster, 5, nil, row, writing.Unproven},
		"quorum known":        {old.Roster, 5, []consensus.Term{old}, row, writing.Sound},
		"roster changed":      {others, 3, nil, row, writing.Unproven},
		"roster known":        {others, 3, []consensus.Term{old}, row, writing.Sound},
		"after its end":       {others, 3, []consensus.Term{over}, row, writing.Unproven},
		"strangers":           {old.Roster, 3, []consensus.Term{old}, foreign, writing.Unproven},
		"another content":     {old.Roster, 3, []consensus.Term{old}, changed, writing.Spurious},
		"another's signature": {others, 3, []consensus.Term{old}, unsigned, writing.Spurious},
		"another network":     {consensus.NewRoster(), 1, nil, elsewhere, writing.Spurious},
	} {
		m := writing.New(writing.Config{
			Network: "n", Roster: c.roster, Quorum: c.quorum, Interval: interval, Skew: skew, Former: c.former,
		})
		if got := m.Judge(c.row, row.SignData[:1]); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
	m := writing.New(writing.Config{Network: "n", Roster: old.Roster, Quorum: 3, Interval: interval, Skew: skew})
	if got := m.Judge(unsigned, unsigned.SignData); got != writing.Sound {
		t.Errorf("known signatures are recovered again: %d", got)
	}
}
