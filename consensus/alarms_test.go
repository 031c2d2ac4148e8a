package consensus_test

import (
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// A finding is told when two views in a row show it, once, and its end when two in a row don't.
func TestAlarms(t *testing.T) {
	t.Parallel()
	one := consensus.Finding{Trouble: consensus.Silent, Member: signing.Address{1}, Text: "one"}
	two := consensus.Finding{Trouble: consensus.OneSided, Member: signing.Address{1}, Other: signing.Address{2}, Text: "two"}
	var a consensus.Alarms
	for i, c := range []struct {
		found        []consensus.Finding
		began, ended string
		lasting      int
	}{
		{nil, "", "", 0},
		{[]consensus.Finding{one}, "", "", 0},
		{nil, "", "", 0},
		{[]consensus.Finding{one}, "", "", 0},
		{[]consensus.Finding{one, two}, "one", "", 1},
		{[]consensus.Finding{one, two}, "two", "", 2},
		{[]consensus.Finding{two}, "", "", 2},
		{[]consensus.Finding{one, two}, "", "", 2},
		{[]consensus.Finding{two}, "", "", 2},
		{[]consensus.Finding{two}, "", "one", 1},
		{nil, "", "", 1},
		{nil, "", "two", 0},
	} {
		began, ended := a.Update(c.found, at(time.Duration(i)*time.Minute))
		if texts(began) != c.began || texts(ended) != c.ended || len(a.Lasting()) != c.lasting {
			t.Errorf("view %d: began %q, ended %q, %d last", i, texts(began), texts(ended), len(a.Lasting()))
		}
		for _, x := range began {
			if want := at(time.Duration(i-1) * time.Minute); !x.Since.Equal(want) {
				t.Errorf("view %d: since %v, want %v", i, x.Since, want)
			}
		}
	}
}

func texts(alarms []consensus.Alarm) string {
	text := ""
	for _, a := range alarms {
		text += a.Text
	}
	return text
}
