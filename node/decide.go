package node

import (
	"context"
	"slices"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
)

// decideGap is the shortest time between two passes. What comes meanwhile shares the next one, and with it a transaction of the
// journal; a single price waits for nothing.
const decideGap = 5 * time.Millisecond

// decideLoop acts on what the engine decides, one pass after the other.
func (n *Node) decideLoop(ctx context.Context) error {
	var passed time.Time // when the last pass ended
	for next := n.now(); n.waitUntil(ctx, next, n.wake); {
		if gap := decideGap - time.Since(passed); gap > 0 && !n.waitUntil(ctx, n.now().Add(gap), nil) {
			return nil
		}
		next = n.decide(context.WithoutCancel(ctx)) // what has begun is finished
		if next.IsZero() {
			next = n.now().Add(maxNap) // each tick wakes it
		}
		passed = time.Now()
	}
	return nil
}

// decide co-signs what is to be co-signed and brings new certificates to disk. It returns the instant at which the next
// stage of co-signing ends, if one is waited for.
func (n *Node) decide(ctx context.Context) (again time.Time) {
	if n.outboxFault() == nil {
		again = n.answer(ctx)
	}
	n.keepEvidence(ctx)
	n.publishAgain(ctx)
	n.keepCertificates(ctx)
	return again
}

// answer co-signs or refuses what waits for that.
func (n *Node) answer(ctx context.Context) (again time.Time) {
	clock := n.trustsClock() // before the engine judges by the own price, which it may forget
	decisions, wanted, again := n.engine.Decide(n.now())
	for _, pair := range wanted {
		nudge(n.demand[pair])
	}
	for i := range decisions {
		if decisions[i].Refusal == "" && !clock {
			decisions[i].Refusal = consensus.RefusedClock
		}
	}
	decisions = slices.DeleteFunc(decisions, n.postponed)
	n.refuse(ctx, n.cosignAll(ctx, decisions))
	return again
}
