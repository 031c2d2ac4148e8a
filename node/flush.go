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
	n.keepCertificates(ctx) // so that an attestation of the last moment is in the row
	for more := true; more; {
		due, err := n.journal.Due(ctx, n.now().Add(-n.cfg.SettlePeriod), flushBatch)
		if n.flushFailed(ctx, "journal", len(due), err) {
			return
		}
		more = len(due) == flushBatch
		if len(due) > 0 {
			err = n.write(ctx, due)
		} else if _, fault := n.health.heard("store"); fault != nil {
			err = n.prices.Check(ctx) // is it back? nothing due will tell
		}
		if n.flushFailed(ctx, "store", len(due), err) {
			return
		}
	}
}

// flushFailed notes how a part of the flush ended, and tells whether it failed. When the node stops, a failure is no
// fault: the outbox keeps what is due.
func (n *Node) flushFailed(ctx context.Context, part string, due int, err error) bool {
	if err == nil {
		n.health.set(part, nil)
		return false
	}
	if ctx.Err() == nil {
		n.health.set(part, err)
		n.log.Error("write prices; they are kept and tried again", "waiting", due, "err", err)
	}
	return true
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
