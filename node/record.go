package node

import (
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// signed takes down the signers that a report brought.
func (n *Node) signed(c consensus.Change, now time.Time) {
	if c.Outcome == consensus.Accepted {
		n.book.Signed(c.Observation, c.ID, c.New, c.Quorum, now)
	}
}

// record takes down a step of a price. Signatures are taken down where they come.
func (n *Node) record(e Event) {
	now := n.now()
	switch e.Step {
	case Refused:
		n.book.Refused(e.Observation, e.ID, e.Refusal, e.Own.Price, now)
	case Quorum:
		n.book.Signed(e.Observation, e.ID, nil, true, now)
	case Stored:
		n.book.Stored(e.ID, e.Writer, now)
	case Convicted:
		n.book.Convicted(e.Observation, e.Second, n.domain, now)
	case Fetched, Proposed, Signed:
	}
}

// silent returns the members of whom nothing is heard.
func silent(v consensus.View) (members []signing.Address) {
	for _, f := range v.Findings {
		if f.Trouble == consensus.Silent {
			members = append(members, f.Member)
		}
	}
	return members
}
