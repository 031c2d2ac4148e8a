package gossip

import (
	"github.com/libp2p/go-libp2p/core/connmgr"
	"github.com/libp2p/go-libp2p/core/peer"
)

// guard protects the connections of at most maxProtected members from being trimmed, so that a crowd can't push all of
// them out. One goroutine uses it.
type guard struct {
	manager connmgr.ConnManager
	held    map[peer.ID]struct{}
}

func (g *guard) protect(id peer.ID) {
	if _, ok := g.held[id]; ok || len(g.held) >= maxProtected {
		return
	}
	g.held[id] = struct{}{}
	g.manager.Protect(id, protection)
}

func (g *guard) unprotect(id peer.ID) {
	if _, ok := g.held[id]; ok {
		delete(g.held, id)
		g.manager.Unprotect(id, protection)
	}
}

func (g *guard) release() {
	for id := range g.held {
		g.unprotect(id)
	}
}
