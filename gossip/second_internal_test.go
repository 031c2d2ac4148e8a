package gossip

import (
	"testing"
	"testing/synctest"
	"time"
)

// Who waits for the next second wakes at whole seconds since gossipsub began, and never twice in one.
func TestSecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := &Network{began: time.Now()}
		for _, busy := range []time.Duration{0, time.Nanosecond, 300 * time.Millisecond, time.Second - 1, time.Second, 2300 * time.Millisecond} {
			<-time.After(busy)
			left := n.Second()
			<-time.After(left)
			if since := time.Since(n.began); since%time.Second != 0 || left <= 0 || left > time.Second {
				t.Errorf("busy for %s: woken after %s, %s after the beginning", busy, left, since)
			}
		}
	})
}
