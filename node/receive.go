package node

import (
	"context"
	"log/slog"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/gossip"
)

// receive is the topic's validator: the engine checks and merges the report in one step, before it is passed on. What
// follows from it is left to the decide loop, so no I/O delays the relay.
func (n *Node) receive(ctx context.Context, data []byte) gossip.Verdict {
	change := n.engine.Receive(data, n.now())
	if n.log.Enabled(ctx, slog.LevelDebug) {
		id := change.Observation.Digest(n.domain)
		n.log.DebugContext(ctx, "report received", "outcome", change.Outcome, "id", id.Short(), "signers", change.Signers)
	}
	switch {
	case change.Outcome == consensus.Accepted:
		n.nudge()
		return gossip.Accept
	case change.Outcome.AtFault():
		return gossip.Reject
	default:
		return gossip.Ignore
	}
}

// nudge wakes the decide loop; while it is awake one nudge is remembered.
func (n *Node) nudge() {
	select {
	case n.wake <- struct{}{}:
	default:
	}
}
