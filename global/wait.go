package global

import (
	"context"
	"time"
)

// Wait waits for a time by the process' own clock, and tells whether ctx is still alive. It returns early when ctx ends.
func Wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
