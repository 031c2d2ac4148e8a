package node

import (
	"context"
	"time"

	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/node/vitals"
)

// tickPeriod is how often a node looks at what changes by the mere passing of time.
const tickPeriod = time.Second

// tickLoop watches the clock, the node's own checks and the heartbeats, and wakes the loops that have something to do now and
// then, all at the instant at which gossipsub is awake anyway (gossip.Network.Second).
func (n *Node) tickLoop(ctx context.Context) error {
	for ticks := 0; ; ticks++ {
		n.trustsClock()
		if ticks%int(vitals.Period/tickPeriod) == 0 {
			n.board.Look()
		}
		n.heartbeat(ctx)
		nudge(n.wake)
		nudge(n.meet)
		if !global.Wait(ctx, n.network.Second()) {
			return nil
		}
	}
}
