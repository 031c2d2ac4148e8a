package node

import (
	"context"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/store"
)

// maxUnkept bounds the refusals that wait for a journal that takes none: the newest are kept.
const maxUnkept = 1024

// refuse tells of the prices that this node does not co-sign, and keeps both prices, so that one can ask later why a price
// got no quorum. What could not be kept is tried again in the next pass.
func (n *Node) refuse(ctx context.Context, refused []consensus.Decision) {
	for _, d := range refused {
		n.meters.refusals[d.Refusal].Inc()
		n.tell(Event{Step: Refused, ID: d.ID, Observation: d.Observation, Refusal: d.Refusal, Own: d.Own})
		n.unkept = append(n.unkept, store.Refusal{
			ID: d.ID, Observation: d.Observation, Reason: d.Refusal, Own: d.Own, At: n.now(),
		})
	}
	n.unkept = n.unkept[max(0, len(n.unkept)-maxUnkept):]
	if len(n.unkept) == 0 {
		return
	}
	err := n.journal.KeepRefusals(ctx, n.unkept)
	n.health.set(journalPart, err)
	if err != nil {
		n.log.Error("keep refusals", "count", len(n.unkept), "err", err)
		return
	}
	n.unkept = nil
}
