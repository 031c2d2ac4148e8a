package node

import (
	"context"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/gossip-price/gossip-price/consensus"
)

const (
	// flushBatch bounds the certificates that go to the store at once, by several statements, and that the journal gives
	// and drops at once: signing waits for no longer.
	flushBatch = 1000
	// firstRetry is the part of the flush interval after which a flush that failed is tried again, on average. From there
	// the waits double.
	firstRetry = 16
	// retrySpread is by how much such a wait is longer or shorter at random, so that nodes that lost one database together
	// don't all come back to it together.
	retrySpread = 0.5
)

// flushLoop writes settled certificates at every multiple of the flush interval of the wall clock. While that fails it
// tries sooner at first, and in the end about as often, at moments of its own. It ends with an error when the journal is
// damaged: nobody may sign by it any more.
func (n *Node) flushLoop(ctx context.Context) error {
	n.tellNotes(ctx)
	retries := newRetries(n.cfg.FlushInterval)
	next := n.nextFlush()
	for n.waitUntil(ctx, next, n.journal.Damaged()) {
		if err := n.journal.Damage(); err != nil {
			return err
		}
		if n.flush(ctx) {
			retries.Reset()
			next = n.nextFlush()
		} else {
			next = n.now().Add(retries.NextBackOff())
		}
	}
	return nil
}

func (n *Node) nextFlush() time.Time {
	return n.now().Truncate(n.cfg.FlushInterval).Add(n.cfg.FlushInterval)
}

// newRetries returns the waits after flushes that failed: none is longer than the flush interval.
func newRetries(interval time.Duration) *backoff.ExponentialBackOff {
	retries := backoff.NewExponentialBackOff()
	retries.InitialInterval, retries.Multiplier = interval/firstRetry, 2
	retries.RandomizationFactor = retrySpread
	retries.MaxInterval = time.Duration(float64(interval) / (1 + retrySpread))
	return retries
}

// flush writes the certificates that have settled, oldest first, and tells whether that went well. They leave the outbox
// only when the store has them: a store that is away loses nothing. While the store has one batch, the one before leaves the
// outbox and the next one is read, so that the journal takes no time of its own.
func (n *Node) flush(ctx context.Context) bool {
	defer n.tellNotes(ctx)
	n.keepCertificates(ctx) // so that an attestation of the last moment is in the row
	next, ok := n.due(ctx, nil)
	if ok && len(next) == 0 {
		ok = n.checkAgain(ctx)
	}
	var done batch
	for ok && len(next) > 0 {
		current, written := next, make(chan batch, 1)
		go func() { written <- n.write(ctx, current) }()
		dropped := n.drop(ctx, done)
		next, ok = n.due(ctx, current)
		done = <-written
		ok = ok && dropped && !n.flushFailed(ctx, "store", done.err)
	}
	if ok = n.drop(ctx, done) && ok; ok {
		n.learnStore(ctx)
	}
	return ok
}

// due returns the next batch of certificates that have settled, behind the one before.
func (n *Node) due(ctx context.Context, before []consensus.Certificate) (next []consensus.Certificate, ok bool) {
	var last consensus.Certificate
	switch len(before) {
	case 0:
	case flushBatch:
		last = before[flushBatch-1]
	default:
		return nil, true
	}
	next, err := n.journal.Due(ctx, last, n.now().Add(-n.cfg.SettlePeriod), flushBatch)
	return next, !n.flushFailed(ctx, "journal", err)
}

// checkAgain asks a store that failed whether it is back: nothing that is due will tell.
func (n *Node) checkAgain(ctx context.Context) bool {
	if _, fault := n.health.heard("store"); fault == nil {
		return true
	}
	return !n.flushFailed(ctx, "store", n.prices.Check(ctx))
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
	return true
}
