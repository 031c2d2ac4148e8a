package node

import (
	"testing"
	"time"
)

// The first wait after a failure is short and they grow to the flush interval, which none exceeds; and those of several nodes
// are spread over a good part of it.
func TestRetries(t *testing.T) {
	t.Parallel()
	const interval, nodes = 30 * time.Second, 200
	shortest, longest := interval, time.Duration(0)
	for range nodes {
		retries := newRetries(interval)
		if first := retries.NextBackOff(); first < interval/32 || first > interval/8 {
			t.Errorf("first wait %s", first)
		}
		for range 10 {
			if wait := retries.NextBackOff(); wait <= 0 || wait > interval {
				t.Errorf("a wait of %s", wait)
			}
		}
		late := retries.NextBackOff()
		shortest, longest = min(shortest, late), max(longest, late)
		retries.Reset()
		if again := retries.NextBackOff(); again > interval/8 {
			t.Errorf("first wait after a success %s", again)
		}
	}
	if longest-shortest < interval/2 {
		t.Errorf("%d nodes come back within %s", nodes, longest-shortest)
	}
}
