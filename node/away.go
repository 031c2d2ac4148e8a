package node

import (
	"context"
	"math/rand/v2"
)

// lookAgain looks whether a store that failed this node is back, when another node has told that it works, or when there
// is no other. Nodes that lost one database together come back to it one by one. A store that refused a write is back when
// others write to it and this node may: it may have been readable all the time.
func (n *Node) lookAgain(ctx context.Context) {
	_, fault := n.health.heard(storePart)
	works, took, alone := n.writing.Works()
	if n.flushing.refused {
		works = took
	}
	if fault == nil || !alone && !works.After(n.flushing.failed) {
		return
	}
	if !alone {
		left := n.writing.Next(n.now()).Sub(n.now())
		n.waitUntil(ctx, n.now().Add(rand.N(max(left/2, 1))), nil)
	}
	err := n.lookAtStore(ctx)
	if !n.flushFailed(ctx, storePart, err) {
		n.flushing.refused = false
	}
}

// lookAtStore looks whether the store can be used by this node, and which one it is: another one may have taken its place.
func (n *Node) lookAtStore(ctx context.Context) error {
	if err := n.prices.CheckWrite(ctx); err != nil {
		return err
	}
	return n.learnStore(ctx)
}
