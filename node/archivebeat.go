package node

import (
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/archive"
)

// archiveLag is how long after a round is closed its certificates are in all archives, if nothing is wrong.
const archiveLag = 10 * time.Second

// span returns the rounds of an archive whose last one is given.
func (n *Node) span(until consensus.Round) archive.Span {
	return archive.Span{From: n.policy.ArchiveFrom(until), Until: until}
}

// archiveBeat returns what this node's heartbeat says of its archive.
func (n *Node) archiveBeat() (until consensus.Round, fingerprint [32]byte) {
	until = n.policy.Closed(n.now().Add(-archiveLag))
	return until, n.tree.Fingerprint(n.span(until))
}

// hearArchive has this node compare with a peer whose heartbeat shows another archive.
func (n *Node) hearArchive(h consensus.Heartbeat) {
	if !n.differs(h.Details) {
		return
	}
	for id, a := range n.neighbours() {
		if a == h.Signer {
			n.nudgeSync(id)
			return
		}
	}
}

// differs tells whether another node's archive is not this one's, as far as both still have the rounds, and the rounds are over.
func (n *Node) differs(d consensus.Details) bool {
	s := n.span(d.ArchiveUntil)
	if d.ArchiveUntil == 0 || s.From < n.tree.Floor() || d.ArchiveUntil > n.policy.Closed(n.now()) {
		return false
	}
	return n.tree.Fingerprint(s) != d.Archive
}
