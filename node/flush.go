package node

import (
	"context"
	"slices"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// flushBatch bounds the certificates that one statement writes.
const flushBatch = 500

// flushLoop writes settled certificates at every multiple of the flush interval of the wall clock.
func (n *Node) flushLoop(ctx context.Context) error {
	for {
		next := n.now().Truncate(n.cfg.FlushInterval).Add(n.cfg.FlushInterval)
		if !n.waitUntil(ctx, next, nil) {
			return nil
		}
		n.flush(ctx)
	}
}

// flush writes the certificates that have settled, oldest first. They leave the outbox only when the store has them: a
// store that is away loses nothing.
func (n *Node) flush(ctx context.Context) {
	for {
		due, err := n.journal.Due(ctx, n.now().Add(-n.cfg.SettlePeriod), flushBatch)
		if err == nil && len(due) > 0 {
			err = n.write(ctx, due)
		}
		if ctx.Err() != nil && err != nil {
			return // stopping; the outbox keeps them
		}
		if err != nil {
			n.health.set("store", err)
			n.log.Error("write prices; they are kept and tried again", "waiting", len(due), "err", err)
			return
		}
		if len(due) > 0 {
			n.health.set("store", nil)
		}
		if len(due) < flushBatch {
			return
		}
	}
}

func (n *Node) write(ctx context.Context, due []consensus.Certificate) error {
	rows := make([]consensus.Row, len(due))
	ids := make([]signing.Digest, len(due))
	for i, c := range due {
		rows[i], ids[i] = c.Row(), c.ID
	}
	stored, err := n.prices.Insert(ctx, rows)
	if err != nil {
		return err
	}
	if err := n.journal.Drop(ctx, ids); err != nil {
		return err
	}
	for _, c := range due {
		n.tell(Event{
			Step: Stored, ID: c.ID, Observation: c.Observation, Signers: signersOf(c.Attestations),
			ByOther: !slices.Contains(stored, c.ID),
		})
	}
	return nil
}
