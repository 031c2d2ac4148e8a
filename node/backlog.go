package node

import (
	"context"
	"time"
)

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
