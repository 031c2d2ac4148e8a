package node

import (
	"context"
	"time"
)

// outbox is how many certificates wait for the price store, and when the oldest of them got its last signature.
type outbox struct {
	count  int
	oldest time.Time
}

// size returns how many wait; of nil, which is nothing known, none.
func (o *outbox) size() int {
	if o == nil {
		return 0
	}
	return o.count
}

// age returns for how long the oldest has waited; 0 if none waits.
func (o *outbox) age(now time.Time) time.Duration {
	if o.size() == 0 {
		return 0
	}
	return max(0, now.Sub(o.oldest))
}

// backlog returns how many certificates wait for the price store, and for how long the oldest has; none where the journal
// can't tell. It is remembered for who may not make the journal wait.
func (n *Node) backlog(ctx context.Context) (count int, age time.Duration) {
	count, oldest, err := n.journal.Backlog(ctx)
	if err != nil {
		return 0, 0
	}
	o := &outbox{count, oldest}
	n.outbox.Store(o)
	return count, o.age(n.now()).Round(time.Second)
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
