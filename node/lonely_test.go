package node_test

import (
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/node"
)

// A node that is alone when its round begins proposes to nobody. Its price is not lost: it goes out when peers come, and
// gets its quorum.
func TestProposalWaitsForPeers(t *testing.T) {
	t.Parallel()
	members := cluster(t)
	now, run := standing(time.Date(2026, 1, 2, 3, 5, 59, 0, time.UTC)) // the last second of a round of a minute
	for _, m := range members {
		m.now, m.feed.now = now, now
		m.cfg.FetchPriceInterval = time.Minute
	}
	alone := members[0]
	alone.start()
	run()
	proposed := alone.wait(node.Proposed)
	if !hasLine(alone.logged(), "published to 0 peers", "id="+proposed.ID.Short()) {
		t.Fatalf("not alone:\n%s", alone.logged())
	}
	for _, m := range members[1:] {
		m.start()
	}
	eventually(t, "quorum of the lonely proposal", func() bool {
		for _, e := range alone.steps(node.Quorum) {
			if e.ID == proposed.ID {
				return true
			}
		}
		return false
	})
}
