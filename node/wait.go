package node

import (
	"context"
	"time"
)

// maxNap bounds one wait for an instant of the wall clock: what is too small a step to be told of, or a clock that goes a little faster
// or slower than time does, makes a wait end wrong by so little.
const maxNap = time.Minute

// setBack is how much longer a wait may become before the clock counts as set back.
const setBack = time.Second

// waitUntil waits until the wall clock shows at least t or wake has something; a nil wake has nothing. When the clock was
// set back it returns at once, for t was computed from a clock that was wrong: the caller computes it anew. It returns
// false when ctx ended.
func (n *Node) waitUntil(ctx context.Context, t time.Time, wake <-chan struct{}) bool {
	for due := time.Now().Add(t.Sub(n.now())); ; {
		set := n.pulse.clock.set.next() // before the clock is read: nothing is missed
		left := t.Sub(n.now())
		if left <= 0 || left > time.Until(due)+setBack {
			return ctx.Err() == nil
		}
		timer := time.NewTimer(min(left, maxNap))
		select {
		case <-ctx.Done():
		case <-wake:
		case <-timer.C:
			continue
		case <-set:
			timer.Stop()
			continue
		}
		timer.Stop()
		return ctx.Err() == nil
	}
}
