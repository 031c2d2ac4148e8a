package node

import (
	"context"
	"time"

	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/node/vitals"
)

// pulsePeriod is how often a node looks at what changes by the mere passing of time.
const pulsePeriod = time.Second

// pulseLoop watches the clock, the heartbeats and the node's own checks, and wakes the loops that have something to do now and
// then: all by one timer, at the instant at which gossipsub has one.
func (n *Node) pulseLoop(ctx context.Context) error {
	for beats := time.Duration(0); ; beats++ {
		n.trustsClock()
		n.heartbeat(ctx)
		if beats%(vitals.Period/pulsePeriod) == 0 {
			n.board.Look()
		}
		nudge(n.wake)
		nudge(n.meet)
		if !global.Wait(ctx, n.network.Second()) {
			return nil
		}
	}
}
