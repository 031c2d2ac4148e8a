package node

import (
	"context"
	"time"
)

// maxNap bounds one wait for an instant of the wall clock, so that a clock that was set is noticed soon.
const maxNap = 5 * time.Second

// waitUntil waits until the wall clock shows at least t or wake has something; a nil wake has nothing. It returns false
// when ctx ended.
func (n *Node) waitUntil(ctx context.Context, t time.Time, wake <-chan struct{}) bool {
	for {
		left := t.Sub(n.now())
		if left <= 0 {
			return ctx.Err() == nil
		}
		timer := time.NewTimer(min(left, maxNap))
		select {
		case <-ctx.Done():
		case <-wake:
		case <-timer.C:
			continue
		}
		timer.Stop()
		return ctx.Err() == nil
	}
}

// nap waits for d. It returns false when ctx ended before.
func nap(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
