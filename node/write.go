package node

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/consensus/writing"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/node/api"
)

// outcome is what became of certificates that were to be written.
type outcome struct {
	written []consensus.Certificate // their rows are in the store, or others under their ids
	fresh   []signing.Digest        // those of rows that this node made
	sure    []signing.Digest        // those that are to be dropped
	err     error                   // why others are not
	took    time.Duration
}

// write brings certificates from the outbox to the price store, in batches, as far as the stage's time goes, and announces
// what it wrote as it goes, also when it fails in the midst of it. While the store has one batch, what is to be dropped of
// the one before leaves the outbox, and the next one is read and made ready, so that these take no time of their own.
func (n *Node) write(ctx context.Context, tasks writing.Tasks, ids []signing.Digest) error {
	var done outcome
	told := announcing{since: n.now()}
	next, rest, err := n.load(ctx, ids)
	for err == nil && len(next.due) > 0 && (done.written == nil || n.inTime(tasks, done.took)) {
		wrote := make(chan outcome, 1)
		go func() { wrote <- n.timedBatch(ctx, next) }()
		dropErr := n.dropSure(ctx, done)
		following, left, loadErr := n.load(ctx, rest)
		done = <-wrote
		next, rest = following, left
		n.learnPace(done)
		told.add(done)
		if len(told.written)+flushBatch > global.MaxNoticeIDs || n.now().Sub(told.since) > n.cfg.FlushInterval/announceParts {
			n.announce(ctx, tasks, &told)
		}
		err = errors.Join(done.err, dropErr, loadErr)
	}
	n.announce(ctx, tasks, &told)
	return errors.Join(err, n.dropSure(ctx, done))
}

// announcing is what was written and not announced yet.
type announcing struct {
	written, sure []signing.Digest
	since         time.Time // when something was last announced
}

func (a *announcing) add(done outcome) {
	a.written, a.sure = append(a.written, idsOf(done.written)...), append(a.sure, done.sure...)
}

// announce tells the others what was written since it last did.
func (n *Node) announce(ctx context.Context, tasks writing.Tasks, told *announcing) {
	for _, notice := range n.writing.Wrote(tasks, told.written, told.sure) {
		n.publishNotice(ctx, notice)
	}
	*told = announcing{since: n.now()}
}

// timedBatch is writeBatch, with how long it took and what of it is to be dropped.
func (n *Node) timedBatch(ctx context.Context, next ready) outcome {
	began := n.now()
	done := n.writeBatch(ctx, next)
	done.took = n.now().Sub(began)
	done.sure = n.writing.Confirmed(idsOf(done.written), done.fresh)
	return done
}

// learnPace notes how the store does.
func (n *Node) learnPace(done outcome) {
	n.flushing.refused = done.err != nil
	if statements := store.Statements(len(done.written)); statements > 0 {
		n.flushing.pace = done.took / time.Duration(statements)
	}
}

// ready is certificates that are to be written, with their rows.
type ready struct {
	due  []consensus.Certificate
	rows *store.Batch
}

func readyOf(due []consensus.Certificate) ready { return ready{due, batchOf(due)} }

func batchOf(certificates []consensus.Certificate) *store.Batch {
	rows := make([]consensus.Row, len(certificates))
	for i, c := range certificates {
		rows[i] = c.Row()
	}
	return store.NewBatch(rows)
}

// load makes the next certificates ready that the outbox still holds, and returns the ids that are left.
func (n *Node) load(ctx context.Context, ids []signing.Digest) (next ready, rest []signing.Digest, err error) {
	var due []consensus.Certificate
	for rest = ids; len(rest) > 0 && len(due) == 0 && err == nil; {
		first := rest[:min(len(rest), n.batchSize())]
		rest = rest[len(first):]
		due, err = n.journal.Certificates(ctx, first)
	}
	return readyOf(due), rest, err
}

// writeBatch writes certificates to the price store. What the store refuses for itself is set aside.
func (n *Node) writeBatch(ctx context.Context, next ready) outcome {
	due := next.due
	if len(due) == 0 {
		return outcome{}
	}
	n.meters.statements[insertStatement].Add(float64(store.Statements(len(due))))
	fresh, err := n.prices.Insert(ctx, next.rows)
	if errors.Is(err, store.ErrAllRefused) {
		fresh, err = n.compare(ctx, due, err)
	}
	if refused, some := errors.AsType[*store.RefusedError](err); some {
		if err := n.journal.SetAside(ctx, refused.Rows); err != nil {
			return outcome{err: err}
		}
		due, err = without(due, refused.Rows), refused.Rest
		if errors.Is(err, store.ErrManyRefused) {
			rest := n.writeBatch(ctx, readyOf(due)) // those that were found are out of the way: fewer are left each time
			rest.fresh = append(rest.fresh, fresh...)
			return rest
		}
	}
	if err != nil { // the store took some at most
		due = slices.DeleteFunc(slices.Clone(due), func(c consensus.Certificate) bool { return !slices.Contains(fresh, c.ID) })
	}
	return outcome{written: due, fresh: fresh, err: err}
}

func without(due []consensus.Certificate, refused []store.RefusedRow) []consensus.Certificate {
	return slices.DeleteFunc(slices.Clone(due), func(c consensus.Certificate) bool {
		return slices.ContainsFunc(refused, func(r store.RefusedRow) bool { return r.ID == c.ID })
	})
}

// dropSure drops what this node is sure of, since it has written it.
func (n *Node) dropSure(ctx context.Context, done outcome) error {
	for _, id := range done.fresh {
		n.wrote[id] = true
	}
	return n.drop(ctx, done.written, done.sure)
}

// dropRead drops certificates whose rows this node, or enough others, have read back.
func (n *Node) dropRead(ctx context.Context, ids []signing.Digest) error {
	for some := range slices.Chunk(ids, flushBatch) {
		certificates, err := n.journal.Certificates(ctx, some)
		if err == nil {
			err = n.drop(ctx, certificates, some)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// drop takes those of the certificates that have these ids out of the outbox, and tells of each that its row is stored.
func (n *Node) drop(ctx context.Context, certificates []consensus.Certificate, ids []signing.Digest) error {
	if len(ids) == 0 {
		return nil
	}
	gone := make(map[signing.Digest]bool, len(ids))
	for _, id := range ids {
		gone[id] = true
	}
	certificates = slices.DeleteFunc(slices.Clone(certificates), func(c consensus.Certificate) bool { return !gone[c.ID] })
	if err := n.journal.Drop(ctx, idsOf(certificates)); err != nil {
		return err
	}
	for _, c := range certificates {
		n.meters.latencies.store.note(n.now().Sub(c.LastSigned))
		n.feed.Tell(api.StoredEvent, c.Row())
		n.tell(Event{
			Step: Stored, ID: c.ID, Observation: c.Observation, Signers: signersOf(c.Attestations), ByOther: !n.wrote[c.ID],
			Writer: n.writerOf(c.ID),
		})
		delete(n.wrote, c.ID)
	}
	return nil
}

// writerOf returns who announced a row, or this node itself if it has just made it; zero if that is not known.
func (n *Node) writerOf(id signing.Digest) signing.Address {
	writer, announced := n.writing.Writer(id)
	if !announced && n.wrote[id] {
		return n.key.Address()
	}
	return writer
}

func idsOf(certificates []consensus.Certificate) []signing.Digest {
	ids := make([]signing.Digest, len(certificates))
	for i, c := range certificates {
		ids[i] = c.ID
	}
	return ids
}
