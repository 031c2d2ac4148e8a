package vitals

import (
	"time"

	"github.com/gossip-price/gossip-price/node/api"
)

// enoughPeers are enough to be reached by everybody, however large the quorum: gossip passes prices on.
const enoughPeers = 6

// networkRules judge whether prices can reach their quorum, and do.
func networkRules() []Rule {
	return []Rule{
		{
			Name: "peers", judge: judgePeers, worst: fail,
			Meaning: "This node's prices reach too few others for a quorum, and it hears too few.",
			Remedy: "See whether GP_BOOTSTRAPADDR is right and reached, GP_NETWORK and GP_NETWORKKEY are the others', and the others run; " +
				"'gossip-price doctor' tries each.",
		},
		{
			Name: "quorum_possible", judge: judgeQuorumPossible, worst: fail,
			Meaning: "No price can reach its quorum with the members that are there.",
			Remedy:  "Start the members that are missing; 'gossip-price status' names who is silent.",
		},
		{
			Name: "quorum_reached", judge: judgeQuorumReached, worst: fail,
			Meaning: "Members are there, and yet prices don't reach their quorum.",
			Remedy:  "See 'gossip-price refusals' of each node for why prices are not co-signed: sources that differ, a clock that is off, other settings.",
		},
		{
			Name: "own_prices", judge: judgeOwnPrices, worst: warn,
			Meaning: "The others don't co-sign this node's prices: its source or its clock is off, or they don't reach the others.",
			Remedy:  "See 'gossip-price refusals' of the other nodes, and compare GP_PRICEURL, GP_MAXDEVIATION and the clock with theirs.",
		},
		ClockRule(),
	}
}

// ClockRule returns the check of the node's clock. Before a node starts there is nothing that it judges, but it means the same.
func ClockRule() Rule {
	return Rule{
		Name: "clock", judge: judgeClock, worst: fail, steady: true,
		Meaning: "By a wrong clock a node proposes and co-signs nothing.",
		Remedy:  "Set the clock by NTP (timedatectl, chronyc).",
	}
}

func judgePeers(g *Glance) Verdict {
	if need := min(g.Policy.Quorum-1, enoughPeers); g.Peers < need {
		return Failing("peers that listen to prices: %d, quorum needs %d", g.Peers, need)
	}
	return Well("peers that listen to prices: %d", g.Peers)
}

func judgeQuorumPossible(g *Glance) Verdict {
	if g.Members < g.Policy.Quorum {
		return Failing("members connected or heard of, with this node: %d, quorum is %d", g.Members, g.Policy.Quorum)
	}
	return Well("members connected or heard of, with this node: %d, quorum is %d", g.Members, g.Policy.Quorum)
}

// missedRounds is how many rounds of a pair in a row without a quorum are no accident.
const missedRounds = 3

func judgeQuorumReached(g *Glance) Verdict {
	p := &g.Rounds
	switch {
	case p.Missed >= missedRounds:
		return Failing("%s: no price reached its quorum in the last %d rounds", p.Pair, p.Missed)
	case p.Last > 0:
		return Well("the last quorum is of the round of %s", p.Last.Start().Format(time.TimeOnly))
	}
	return Well("no quorum yet, of %d rounds that are over since this node has what it needs", p.Missed)
}

// fewProposals are too few to say anything about the rest.
const fewProposals = 3

func judgeOwnPrices(g *Glance) Verdict {
	p := &g.Rounds
	if p.Own >= fewProposals && 2*p.OwnReached < p.Own {
		return Warning("%d of this node's last %d prices reached their quorum", p.OwnReached, p.Own)
	}
	return Well("%d of this node's last %d prices reached their quorum", p.OwnReached, p.Own)
}

func judgeClock(g *Glance) Verdict {
	r := g.Clock.Reading
	switch {
	case g.Clock.Fault != "":
		return Failing("%s", g.Clock.Fault)
	case !r.Known():
		return Well("not compared: %d members heard of, %d are needed", r.Clocks, r.Needed)
	}
	off, bound := r.Offset.Abs().Round(time.Millisecond), g.Policy.ClockBound()
	if 2*off > bound {
		return Warning("%s from the median of %d others, at most %s is allowed", off, r.Clocks, bound)
	}
	return Well("%s from the median of %d others, at most %s is allowed", off, r.Clocks, bound)
}

// Able tells whether nothing but the prices themselves keeps them from a quorum: members are there, and this node has a price,
// a clock and a journal.
func (g *Glance) Able() bool {
	for _, judge := range []func(*Glance) Verdict{judgePeers, judgeQuorumPossible, judgeClock, judgePrice} {
		if judge(g).State == api.CheckFailing {
			return false
		}
	}
	return g.Faults.Journal == nil && g.Faults.Outbox == nil
}
