package node

import (
	"context"
	"errors"
	"slices"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
)

// compare writes certificates that the store refused all together with the newest that are due. If it takes one of those it
// refuses the others for themselves, and prices that came later need not wait for them. Where there are no newer ones it
// returns the error as it is.
func (n *Node) compare(ctx context.Context, due []consensus.Certificate, refused error) (stored []signing.Digest, err error) {
	newest, err := n.journal.DueNewest(ctx, n.now().Add(-n.cfg.SettlePeriod), store.MaxCompared)
	if err != nil {
		return nil, errors.Join(refused, err)
	}
	newest = slices.DeleteFunc(newest, func(c consensus.Certificate) bool {
		return slices.ContainsFunc(due, func(d consensus.Certificate) bool { return d.ID == c.ID })
	})
	if len(newest) == 0 {
		return nil, refused
	}
	return n.prices.Insert(ctx, batchOf(slices.Concat(due, newest)))
}
