package node

import (
	"context"
	"math/rand/v2"
)

// lookAgain looks whether a store that failed this node is back, when another node has told that it works, or when there
// is no other. Nodes that lost one database together come back to it one by one.
func (n *Node) lookAgain(ctx context.Context) {
	_, fault := n.health.heard("store")
	works, alone := n.writing.Works()
	if fault == nil || !alone && !works.After(n.failed) {
		return
	}
	if !alone {
		left := n.writing.Next(n.now()).Sub(n.now())
		n.waitUntil(ctx, n.now().Add(rand.N(max(left/2, 1))), nil)
	}
	err := n.prices.Check(ctx)
	if err == nil {
		err = n.learnStore(ctx) // another store may have taken its place
	}
	n.flushFailed(ctx, "store", err)
}
