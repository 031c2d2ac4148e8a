package node

import (
	"context"
	"fmt"
	"time"

	"github.com/gossip-price/gossip-price/consensus/writing"
)

const (
	// flushBatch bounds the certificates that go to the store at once, by several statements, and that the journal gives
	// and drops at once: signing waits for no longer.
	flushBatch = 1000
	// maxListed bounds the ids of the outbox that one stage looks at, the oldest.
	maxListed = 100_000
)

// flushLoop does the node's part of staged writing, at the start of each stage of the wall clock's flush windows. It ends
// with an error when the journal is damaged: nobody may sign by it any more.
func (n *Node) flushLoop(ctx context.Context) error {
	n.tellNotes(ctx)
	for n.waitUntil(ctx, n.writing.Next(n.now()), n.journal.Damaged()) {
		if err := n.journal.Damage(); err != nil {
			return err
		}
		if !n.flush(ctx, n.writing.Tasks) {
			n.lookAgain(ctx)
		}
	}
	return nil
}

// flush drops the certificates whose rows are in the store, and reads and writes what it is this node's turn to. A
// certificate leaves the outbox only when its row is known to be in the store: a store that is away loses nothing. It tells
// whether it asked anything of the store.
func (n *Node) flush(ctx context.Context, plan func(time.Time, []writing.Waiting) writing.Tasks) (asked bool) {
	defer n.tellNotes(ctx)
	if n.writing.Store() == "" && n.flushFailed(ctx, storePart, n.lookAtStore(ctx)) {
		return true
	}
	waiting, err := n.waiting(ctx)
	if n.flushFailed(ctx, readingPart, err) {
		return false
	}
	tasks := plan(n.now(), waiting)
	if wait := n.patience(tasks); wait > 0 && n.waitUntil(ctx, n.now().Add(wait), nil) {
		if waiting, err = n.waiting(ctx); n.flushFailed(ctx, readingPart, err) {
			return false
		}
		tasks = plan(n.now(), waiting)
	}
	n.tellLost(tasks.Lost)
	if len(tasks.Drop) > 0 && n.flushFailed(ctx, journalPart, n.dropRead(ctx, tasks.Drop)) {
		return false
	}
	if len(tasks.Read)+len(tasks.Write) == 0 {
		return false
	}
	err = n.work(ctx, tasks)
	if err == nil && n.flushing.refused {
		return true // the store gives rows, but that it takes any is not shown yet
	}
	if n.flushFailed(ctx, storePart, err) {
		n.publishFailure(ctx, tasks)
	}
	return true
}

// waiting lists what has settled in the outbox, the oldest first.
func (n *Node) waiting(ctx context.Context) ([]writing.Waiting, error) {
	entries, err := n.journal.Outbox(ctx, n.now().Add(-n.cfg.SettlePeriod), maxListed)
	if err != nil {
		return nil, err
	}
	waiting := make([]writing.Waiting, len(entries))
	for i, e := range entries {
		waiting[i] = writing.Waiting{ID: e.ID, Due: e.LastSigned.Add(n.cfg.SettlePeriod)}
	}
	return waiting, nil
}

// work reads back what is to be read, and writes what is missing then, and what is to be written.
func (n *Node) work(ctx context.Context, tasks writing.Tasks) error {
	ids, err := n.readBack(ctx, tasks)
	if err != nil {
		return err
	}
	return n.write(ctx, tasks, ids)
}

// flushFailed notes how a part of the flush ended, and tells whether it failed. When the node stops, a failure is no
// fault: the outbox keeps what is due.
func (n *Node) flushFailed(ctx context.Context, part string, err error) bool {
	if err == nil {
		n.health.set(part, nil)
		return false
	}
	if ctx.Err() != nil {
		return true
	}
	count, age := n.backlog(ctx)
	n.log.Error("write prices; they are kept and tried again", "waiting", count, "oldest", age, "err", err)
	if count > 0 {
		err = fmt.Errorf("%w; %d prices wait, the oldest for %s", err, count, age)
	}
	n.health.set(part, err)
	n.flushing.failed = n.now()
	return true
}
