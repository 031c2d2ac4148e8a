package node

import (
	"cmp"
	"time"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/node/api"
	"github.com/gossip-price/gossip-price/node/vitals"
)

// Checks returns the node's checks on itself (docs/operations.md): it asks neither disk nor database, and may be called
// often.
func (n *Node) Checks() []api.Check { return n.board.Checks() }

// Ready returns why prices can't reach quorum and get stored at present: the checks that fail. Nothing when they can.
func (n *Node) Ready() []api.Problem { return n.board.Ready() }

// Standing returns what the settings make of a node with this address.
func Standing(cfg config.Config, self signing.Address) vitals.Standing {
	return vitals.Standing{Policy: policyOf(cfg, self), Flush: cfg.FlushInterval, Bootstrap: cfg.Bootstrap}
}

// glance returns what there is to be judged of the node now.
func (n *Node) glance() vitals.Glance {
	now := n.now()
	g := vitals.Glance{
		Standing: vitals.Standing{Policy: n.policy, Flush: n.cfg.FlushInterval},
		Now:      now,
		Clock:    vitals.Clock{Fault: n.pulse.clock.fault(), Reading: n.pulse.clock.last()},
		Faults: vitals.Faults{
			Journal: n.journalFault(), Outbox: n.health.fault(outboxPart),
			Store: n.health.fault(storePart), Rows: n.health.fault(rowsPart),
		},
		Alarms:  n.pulse.troubles(),
		Machine: n.survey.last(),
	}
	g.Peers, g.Members = n.reach(now)
	for _, pair := range n.cfg.Pairs {
		fetched, fault := n.health.heard(pricePart + string(pair))
		g.Prices = append(g.Prices, vitals.Price{Pair: string(pair), Fetched: fetched, Fault: fault})
	}
	g.Rounds = n.course.Look(now, g.Able())
	return g
}

// journalFault returns why something could not be written to the journal, or read from it, last.
func (n *Node) journalFault() error {
	return cmp.Or(n.health.fault(journalPart), n.health.fault(readingPart))
}

// reach returns how many peers listen to prices, and how many members there are: this node, if it is one, those that are
// connected, and those that were heard of lately.
func (n *Node) reach(now time.Time) (peers, members int) {
	there := map[signing.Address]bool{n.key.Address(): true}
	around := n.neighbours()
	for _, a := range around {
		there[a] = true
	}
	for _, a := range n.pulse.roll.Present(now) {
		there[a] = true
	}
	for a := range there {
		if n.policy.Roster.Contains(a) {
			members++
		}
	}
	return len(around), members
}
