package gossip

import (
	"context"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	"golang.org/x/time/rate"
)

// handover bounds the wait for the end of a peer's last request: the peer may have its answer, and ask again, before this node
// has seen that the answer is out.
const handover = time.Second

// client is what is remembered of a peer that asks.
type client struct {
	turn  chan struct{} // of capacity 1: taken while a request of the peer is answered
	next  chan struct{} // of capacity 1: taken while one more waits for that
	asks  *rate.Limiter
	bytes *rate.Limiter
}

func newClient() *client {
	return &client{
		turn: make(chan struct{}, 1), next: make(chan struct{}, 1),
		asks:  allowance{asksPerSecond, asksAtOnce}.bucket(),
		bytes: allowance{answerRate, answerBurst}.bucket(),
	}
}

// begin tells whether the peer's request may be answered: no other one of its is, or that one ends within the handover. Of
// those that wait for that there is one at most.
func (c *client) begin(ctx context.Context) bool {
	select {
	case c.turn <- struct{}{}:
		return true
	default:
	}
	select {
	case c.next <- struct{}{}:
		defer func() { <-c.next }()
	default:
		return false
	}
	timer := time.NewTimer(handover)
	defer timer.Stop()
	select {
	case c.turn <- struct{}{}:
		return true
	case <-timer.C:
		return false
	case <-ctx.Done():
		return false
	}
}

// end lets the peer's next request begin.
func (c *client) end() { <-c.turn }

// pay waits until the bucket holds so many.
func (c *client) pay(ctx context.Context, bucket *rate.Limiter, n int) error {
	wait := bucket.ReserveN(time.Now(), n).Delay()
	if wait == 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// client returns the peer's account with the desk; nil where the peer is cut.
func (l *ledger) client(from peer.ID, now time.Time) *client {
	if l.bans.has(from, now) {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.account(from, now)
	if a.client == nil {
		a.client = newClient()
	}
	if a.fault != "" {
		return nil
	}
	a.heard = now
	return a.client
}
