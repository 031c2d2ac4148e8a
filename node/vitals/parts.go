package vitals

import (
	"strings"
	"time"
)

// partRules judge the parts of a node by what they last said of themselves.
func partRules() []Rule {
	return []Rule{
		{
			Name: "price", judge: judgePrice, worst: fail,
			Meaning: "Without a price of its own a node proposes and co-signs nothing.",
			Remedy:  "See whether GP_PRICEURL is reached from here, and whether it has the pairs of GP_PAIRS.",
		},
		{
			Name: "journal", judge: judgeFault(func(f *Faults) error { return f.Journal }), worst: fail,
			Meaning: "What can't be written down is not signed.",
			Remedy:  "Make space on the disk of GP_DATADIR, and see that the node may write there.",
		},
		{
			Name: "outbox", judge: judgeFault(func(f *Faults) error { return f.Outbox }), worst: fail,
			Meaning: "Prices that reach their quorum can't be kept; nothing is signed until they can.",
			Remedy:  "Make space on the disk of GP_DATADIR, and see that the node may write there.",
		},
		{
			Name: "store", judge: judgeFault(func(f *Faults) error { return f.Store }), worst: fail,
			Meaning: "Verified prices wait in the outbox of each node that can't write; none is lost.",
			Remedy:  "See whether the database of GP_DATABASEURL runs and lets this node in, and run 'gossip-price migrate' where it names the schema.",
		},
		{
			Name: "rows", judge: judgeFault(func(f *Faults) error { return f.Rows }), worst: fail,
			Meaning: "A writer lied, or the price store lost or changed rows; they are kept and written again.",
			Remedy:  "See who may write to the database. A row whose content is false must be deleted before the right one is written.",
		},
		{
			Name: "backlog", judge: judgeBacklog, worst: fail,
			Meaning: "Verified prices come late to the price store, or, where it fails, not at all; none is lost.",
			Remedy:  "See whether the price store is slow or refuses rows ('gossip-price aside'), and whether the other nodes write to the same one.",
		},
	}
}

func judgePrice(g *Glance) Verdict {
	var faults, good []string
	for _, p := range g.Prices {
		switch {
		case !p.Fetched:
			faults = append(faults, p.Pair+": no price fetched yet")
		case p.Fault != nil:
			faults = append(faults, p.Fault.Error())
		default:
			good = append(good, p.Pair)
		}
	}
	if len(faults) > 0 {
		return Failing("%s", strings.Join(faults, "; "))
	}
	return Well("fetched: %s", strings.Join(good, ", "))
}

func judgeFault(of func(*Faults) error) func(*Glance) Verdict {
	return func(g *Glance) Verdict {
		if err := of(&g.Faults); err != nil {
			return Failing("%s", err)
		}
		return Well("no fault")
	}
}

// judgeBacklog warns of prices that wait for long, and fails where for twice as long none was stored either: in a large network a node
// may have no turn at a store that is away. What alone can't be stored is no reason to fail.
func judgeBacklog(g *Glance) Verdict {
	m := &g.Machine
	if late := 2 * g.Policy.OldBacklog(g.Flush); m.Backlog > 0 && m.OldestIs > late && g.Rounds.Idle > late+g.Policy.Interval {
		return Failing("%d prices wait for the price store, the oldest for %s, and none was stored for %s",
			m.Backlog, m.OldestIs, g.Rounds.Idle.Round(time.Second))
	}
	if old := g.Policy.OldBacklog(g.Flush); m.Backlog > 0 && m.OldestIs > old {
		return Warning("%d prices wait for the price store, the oldest for %s; over %s is old", m.Backlog, m.OldestIs, old)
	}
	return Well("%d prices wait for the price store", m.Backlog)
}
