package gossip

import (
	"context"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	"golang.org/x/time/rate"
)

// client is what is remembered of a peer that asks.
type client struct {
	asking bool // guarded by the ledger's mu
	asks   *rate.Limiter
	bytes  *rate.Limiter
}

func newClient() *client {
	return &client{
		asks:  allowance{asksPerSecond, asksAtOnce}.bucket(),
		bytes: allowance{answerRate, answerBurst}.bucket(),
	}
}

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

// client returns the peer's account with the desk, and takes it; free is false where the peer is cut, or has asked and
// not got its answer yet.
func (l *ledger) client(from peer.ID, now time.Time) (c *client, free bool) {
	if l.bans.has(from, now) {
		return nil, false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.account(from, now)
	if a.client == nil {
		a.client = newClient()
	}
	if a.fault != "" || a.client.asking {
		return nil, false
	}
	a.client.asking, a.heard = true, now
	return a.client, true
}

// served gives the account back.
func (l *ledger) served(c *client) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c.asking = false
}
