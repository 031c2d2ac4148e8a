package node

import (
	"context"

	"github.com/gossip-price/gossip-price/consensus/store"
)

// openStores opens the journal and the price store, and gives the engine back what the journal kept.
func (n *Node) openStores(ctx context.Context) error {
	journal, err := store.OpenJournal(ctx, n.cfg.JournalPath())
	if err != nil {
		return err
	}
	n.closer.add(journal.Close)
	n.journal = journal
	former, err := journal.Begin(ctx, n.policy.Roster, n.policy.Quorum, n.now())
	if err != nil {
		return err
	}
	n.writing = newWriting(n.cfg, &n.policy, former)
	if n.prices == nil {
		prices, err := store.Open(ctx, n.cfg.StoreURL())
		if err != nil {
			return err
		}
		n.closer.add(func() error {
			if err := prices.Close(); err != nil { // no fault of the node's: what the store has not got is in the outbox
				n.log.Warn("the price store was left as it is", "err", err)
			}
			return nil
		})
		n.prices = prices
	}
	waiting, err := journal.Waiting(ctx)
	if err != nil {
		return err
	}
	evidence, err := n.Evidence(ctx, store.MaxEvidence)
	if err != nil {
		return err
	}
	n.engine.Restore(waiting, n.now())
	n.engine.RestoreEvidence(evidence, n.now())
	if err := n.restoreBook(ctx, evidence); err != nil {
		return err
	}
	fresh, err := journal.Fresh(ctx)
	if err != nil {
		return err
	}
	n.recall = newRecall(n.now(), fresh && n.witnesses() > 0 && n.policy.Roster.Contains(n.key.Address()))
	if err := n.loadArchive(ctx); err != nil {
		return err
	}
	return n.loadLatest(ctx, evidence)
}
