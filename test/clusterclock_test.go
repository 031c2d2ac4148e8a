package test_test

import (
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/node"
)

// A node whose clock is a minute ahead proposes into a future that nobody else takes. The others go on.
func TestClusterClockAhead(t *testing.T) { //nolint:paralleltest // see simulate
	for name, interval := range map[string]time.Duration{ //nolint:paralleltest // see simulate
		"by rounds":          20 * time.Second,
		"by part of a round": 2 * time.Minute,
	} {
		t.Run(name, func(t *testing.T) {
			simulate(t, func(t *testing.T, c *cluster) {
				c.settings.FetchPriceInterval = interval
				seats := c.form(4, 0)
				honest, ahead := seats[:3], seats[3]
				ahead.skew = time.Minute
				for _, s := range seats {
					c.start(s)
				}
				c.meshed(seats...)
				for _, round := range c.rounds(3) {
					c.expectRows(round, honest...)
				}
				if len(c.ledger.find(node.Proposed, told(ahead))) < 3 {
					t.Error("the node that is ahead proposed too little, so nothing was tested")
				}
				for _, step := range []node.Step{node.Signed, node.Refused, node.Quorum, node.Stored} {
					if n := len(c.ledger.find(step, of(ahead))); n > 0 {
						t.Errorf("a price from the future: %d times %s", n, step)
					}
				}
			})
		})
	}
}
