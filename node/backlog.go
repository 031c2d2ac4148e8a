package node

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
)

// write brings certificates from the outbox to the price store. What the store refuses for itself is set aside.
func (n *Node) write(ctx context.Context, due []consensus.Certificate) error {
	stored, err := n.prices.Insert(ctx, rowsOf(due))
	if errors.Is(err, store.ErrAllRefused) {
		due, stored, err = n.compare(ctx, due, err)
	}
	if refused, some := errors.AsType[*store.RefusedError](err); some {
		if err := n.journal.SetAside(ctx, refused.Rows); err != nil {
			return err
		}
		due = slices.DeleteFunc(due, func(c consensus.Certificate) bool {
			return slices.ContainsFunc(refused.Rows, func(r store.RefusedRow) bool { return r.ID == c.ID })
		})
		if errors.Is(refused.Rest, store.ErrManyRefused) {
			return nil // those that were found are out of the way: the next batch begins behind them
		}
		err = refused.Rest
	}
	if err != nil {
		return err
	}
	ids := make([]signing.Digest, len(due))
	for i, c := range due {
		ids[i] = c.ID
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

// backlog returns how many certificates wait for the price store, and for how long the oldest has; none where the journal
// can't tell.
func (n *Node) backlog(ctx context.Context) (count int, age time.Duration) {
	count, oldest, err := n.journal.Backlog(ctx)
	if err != nil || count == 0 {
		return 0, 0
	}
	return count, n.now().Sub(oldest).Round(time.Second)
}

// tellNotes tells what the journal has to say: that something was set aside, or lost, and what to do.
func (n *Node) tellNotes(ctx context.Context) {
	notes, err := n.journal.TakeNotes(ctx)
	if err != nil && ctx.Err() == nil {
		n.log.Warn("read notes of the journal", "err", err)
	}
	for _, note := range notes {
		n.log.Error(note)
	}
}
