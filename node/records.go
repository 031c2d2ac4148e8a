package node

import (
	"context"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/node/api"
)

// Evidence returns the proofs of fault that the node keeps, newest rounds first, at most limit.
func (n *Node) Evidence(ctx context.Context, limit int) ([]consensus.Evidence, error) {
	list, unreadable, err := n.journal.Evidence(ctx, limit)
	n.warnUnreadable("evidence", unreadable)
	return list, err
}

// Refusals returns the prices that the node did not co-sign, newest first.
func (n *Node) Refusals(ctx context.Context, q api.RefusalQuery) ([]api.Refusal, error) {
	kept, unreadable, err := n.journal.Refusals(ctx, store.RefusalQuery(q))
	n.warnUnreadable("refusals", unreadable)
	if err != nil {
		return nil, err
	}
	list := make([]api.Refusal, len(kept))
	for i, r := range kept {
		o := r.Observation
		list[i] = api.Refusal{
			Time: consensus.Time(r.At), ID: r.ID, Pair: o.Pair, RoundTime: consensus.Time(o.Round.Start()), FirstSigner: o.Proposer,
			Price: o.Price, Reason: r.Reason,
		}
		if !r.Own.Price.IsZero() {
			own := consensus.Time(r.Own.At)
			list[i].OwnPrice, list[i].OwnTime = &r.Own.Price, &own
		}
	}
	return list, nil
}

// warnUnreadable tells of entries that a journal of a later version, or a damaged one, holds.
func (n *Node) warnUnreadable(what string, count int) {
	if count > 0 {
		n.log.Warn("journal has entries that can't be read; left out", "of", what, "count", count)
	}
}
