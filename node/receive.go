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
	now := n.now()
	change := n.engine.Receive(data, now)
	if n.log.Enabled(ctx, slog.LevelDebug) {
		id := "" // of a malformed report
		if change.Outcome != consensus.Malformed {
			id = change.Observation.Digest(n.domain).Short()
		}
		n.log.DebugContext(ctx, "report received", "outcome", change.Outcome, "id", id, "signers", change.Signers)
	}
	n.meters.reports[change.Outcome].Inc()
	n.credit(&change)
	switch {
	case change.Evidence != nil:
		n.found(*change.Evidence, true)
	case change.Outcome == consensus.Accepted:
		n.pulse.intake.Note(change.Observation)
		n.signed(change, now)
		nudge(n.wake)
	}
	return verdict(change.Outcome)
}

func verdict(o consensus.Outcome) gossip.Verdict {
	switch {
	case o == consensus.Accepted:
		return gossip.Accept
	case o.AtFault():
		return gossip.Reject
	default:
		return gossip.Ignore
	}
}

// nudge wakes who waits on a channel of capacity 1; one nudge is as good as many.
func nudge(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
