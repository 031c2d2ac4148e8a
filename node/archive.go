package node

import (
	"context"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/archive"
	"github.com/gossip-price/gossip-price/consensus/latest"
	"github.com/gossip-price/gossip-price/consensus/store"
)

// archiveMargin is for how much longer than others ask for it a certificate is kept, so that clocks may differ.
const archiveMargin = 10 * time.Minute

// loadArchive fills the tree with what the journal holds.
func (n *Node) loadArchive(ctx context.Context) error {
	n.tree = archive.NewTree(n.policy.Interval, n.cfg.Pairs)
	n.tree.Prune(n.archiveFloor())
	n.pulse.archive = n.archiveBeat
	return n.journal.Archive(ctx, func(a store.Archived) { n.tree.Add(archive.Entry(a)) })
}

// loadLatest makes known at the start what the latest prices are.
func (n *Node) loadLatest(ctx context.Context, evidence []consensus.Evidence) error {
	recorded, unreadable, err := n.journal.Recorded(ctx, store.RecordedQuery{})
	n.warnUnreadable("archive", unreadable)
	if err != nil {
		return err
	}
	n.recent = latest.NewBook(n.policy)
	for _, e := range evidence {
		n.recent.Convict(e)
	}
	var certificates []consensus.Certificate
	for _, r := range recorded {
		if r.Network == n.cfg.Network {
			certificates = append(certificates, r.Certificate)
		}
	}
	n.recent.Add(certificates, n.now())
	return nil
}

// archive notes that certificates are in the journal's archive.
func (n *Node) archive(certificates []consensus.Certificate) {
	n.recent.Add(certificates, n.now())
	for _, c := range certificates {
		n.tree.Add(archive.Entry{Pair: c.Observation.Pair, Round: c.Observation.Round, ID: c.ID})
	}
}

// archiveFloor returns the first round that is kept.
func (n *Node) archiveFloor() consensus.Round {
	return n.policy.ArchiveFrom(consensus.RoundAt(n.now().Add(-max(archiveMargin, 2*n.policy.Interval)), n.policy.Interval))
}

// pruneArchive forgets what no node asks for any more. Where members that propose out of turn have filled the tree, it
// forgets the oldest rounds too.
func (n *Node) pruneArchive(ctx context.Context) {
	floor := n.archiveFloor()
	n.tree.Prune(floor)
	step := consensus.Round(n.policy.ArchiveRounds()/8+1) * consensus.Round(n.policy.Interval/time.Second)
	for n.tree.Len() > archive.MaxHeld*3/4 {
		floor += step
		n.tree.Prune(floor)
	}
	for more := true; more && ctx.Err() == nil; {
		var err error
		if more, err = n.journal.PruneArchive(ctx, floor); err != nil && ctx.Err() == nil {
			n.log.Warn("prune archive", "err", err)
			return
		}
	}
}

// convict takes note of evidence that certificates are: the proposer of a round that is not forgotten is convicted as always,
// and the proof goes to the others. Of an old round it counts for a ban, and is kept.
func (n *Node) convict(e consensus.Evidence) {
	now := n.now()
	change := n.engine.ReceiveEvidence(e.Encode(), now)
	switch {
	case change.Evidence != nil:
		n.found(e, true)
	case change.Outcome == consensus.Stale:
		n.engine.RestoreEvidence([]consensus.Evidence{e}, now)
		n.found(e, false)
	}
}
