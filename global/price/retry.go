package price

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// The bounds of one fetch. Ten tries take up to four minutes, or ten where the source asks for each wait: within
// backoff's own bound of 15. The caller's context ends them earlier.
const (
	// maxTries bounds the tries.
	maxTries = 10
	// firstDelay is the mean wait before the second try; the next ones double.
	firstDelay = 500 * time.Millisecond
	// maxDelay bounds the mean wait; half of it, either way, is chance.
	maxDelay = 30 * time.Second
	// maxRetryAfter is the longest wait that a source may ask for.
	maxRetryAfter = time.Minute
)

// retry repeats try until it succeeds, returns a permanent error, the tries are used up or ctx has ended. The error of
// an ended ctx carries the last try's own. Before each wait failed is told what the last try returned.
func retry[T any](ctx context.Context, failed func(error), try func() (T, error)) (T, error) {
	delays := backoff.NewExponentialBackOff()
	delays.InitialInterval = firstDelay
	delays.MaxInterval = maxDelay
	delays.Multiplier = 2
	var last error
	got, err := backoff.Retry(ctx, func() (T, error) {
		got, err := try()
		if ctx.Err() == nil { // else the try only says that ctx has ended
			last = err
		}
		return got, giveUp(ctx, err)
	},
		backoff.WithBackOff(delays),
		backoff.WithMaxTries(maxTries),
		backoff.WithNotify(func(err error, _ time.Duration) { failed(err) }),
	)
	if err != nil && last != nil && ctx.Err() != nil {
		return got, fmt.Errorf("%w, after: %w", context.Cause(ctx), last)
	}
	return got, err
}

// giveUp makes err permanent where the source asks for a longer wait than there is time for: coming back earlier would
// only earn a longer one.
func giveUp(ctx context.Context, err error) error {
	asked, ok := errors.AsType[*backoff.RetryAfterError](err)
	if !ok {
		return err
	}
	room := maxRetryAfter
	if deadline, ok := ctx.Deadline(); ok {
		room = min(room, time.Until(deadline))
	}
	if asked.Duration <= room {
		return err
	}
	return backoff.Permanent(fmt.Errorf("%w: too long to wait, at most %s", err, room.Round(time.Millisecond)))
}
