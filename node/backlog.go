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

// batch is what became of certificates that were to be written.
type batch struct {
	written []consensus.Certificate // they are in the store
	stored  []signing.Digest        // those that this node put there
	err     error                   // why others are not
}

// write brings certificates from the outbox to the price store. What the store refuses for itself is set aside.
func (n *Node) write(ctx context.Context, due []consensus.Certificate) batch {
	stored, err := n.prices.Insert(ctx, rowsOf(due))
	if errors.Is(err, store.ErrAllRefused) {
		stored, err = n.compare(ctx, due, err)
	}
	if refused, some := errors.AsType[*store.RefusedError](err); some {
		if err := n.journal.SetAside(ctx, refused.Rows); err != nil {
			return batch{err: err}
		}
		due, err = without(due, refused.Rows), refused.Rest
		if errors.Is(err, store.ErrManyRefused) {
			rest := n.write(ctx, due) // those that were found are out of the way: fewer are left each time
			rest.stored = append(rest.stored, stored...)
			return rest
		}
	}
	if err != nil {
		return batch{err: err}
	}
	return batch{written: due, stored: stored}
}

func without(due []consensus.Certificate, refused []store.RefusedRow) []consensus.Certificate {
	return slices.DeleteFunc(slices.Clone(due), func(c consensus.Certificate) bool {
		return slices.ContainsFunc(refused, func(r store.RefusedRow) bool { return r.ID == c.ID })
	})
}

// drop takes what is in the store out of the outbox, tells of it, and whether that went well.
func (n *Node) drop(ctx context.Context, done batch) bool {
	if len(done.written) == 0 {
		return true
	}
	ids := make([]signing.Digest, len(done.written))
	for i, c := range done.written {
		ids[i] = c.ID
	}
	if n.flushFailed(ctx, "journal", n.journal.Drop(ctx, ids)) {
		return false
	}
	own := make(map[signing.Digest]bool, len(done.stored))
	for _, id := range done.stored {
		own[id] = true
	}
	for _, c := range done.written {
		n.tell(Event{
			Step: Stored, ID: c.ID, Observation: c.Observation, Signers: signersOf(c.Attestations), ByOther: !own[c.ID],
		})
	}
	return true
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
