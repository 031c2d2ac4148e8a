package dashboard

import (
	"fmt"
	"time"

	"github.com/gossip-price/gossip-price/node/api"
)

// fact is one figure of the node, with what belongs to it.
type fact struct {
	Name, Value, Note string
	Wrong             bool
}

// facts returns the node's own figures.
func facts(n api.Network, now time.Time) []fact {
	heard := 0
	for i := range n.Members {
		if !n.Members[i].Silent {
			heard++
		}
	}
	list := []fact{
		{"Nodes heard", fmt.Sprintf("%d of %d", heard, len(n.Members)), "itself among them", heard < len(n.Members)},
		clockFact(n.Clock),
	}
	own := member(n, n.Self)
	if own == nil {
		return list
	}
	waiting := fact{Name: "Backlog", Value: number(own.Backlog), Note: "prices that wait for the store"}
	if own.Backlog > 0 {
		waiting.Note = "the oldest waits for " + span(millis(own.BacklogAge))
	}
	stored := fact{Name: "Last stored", Value: "none yet"}
	if own.LastRow != nil {
		stored.Value = at(own.LastRow).Format(time.TimeOnly)
		stored.Note = "the round, " + span(now.Sub(at(own.LastRow))) + " ago"
	}
	return append(list,
		fact{Name: "Peers", Value: number(own.Peers), Note: fmt.Sprintf("%d of them members", len(own.Connected))},
		waiting, stored,
		fact{Name: "Quorums", Value: number(own.Quorums), Note: "and " + number(own.Refusals) + " refusals, since the start"},
	)
}

func clockFact(c api.Clock) fact {
	f := fact{Name: "Clock", Value: "not known", Note: fmt.Sprintf("%d of %d clocks heard", c.Heard, c.Needed)}
	if c.Offset != nil {
		f.Value, f.Note = offset(*c.Offset), "against "+count(c.Heard, "clock")
	}
	if c.Fault != "" {
		f.Note, f.Wrong = clip(c.Fault, sentence), true
	}
	return f
}

// offset writes how far a clock is ahead.
func offset(ms int64) string {
	if -10_000 < ms && ms < 10_000 {
		return fmt.Sprintf("%+d ms", ms)
	}
	return fmt.Sprintf("%+d s", ms/1000)
}
