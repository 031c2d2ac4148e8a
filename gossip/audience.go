package gossip

import (
	"context"
	"maps"
	"slices"
	"sync"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	"github.com/libp2p/go-libp2p/core/peer"
)

// audience is the connected peers of a topic. Gossipsub can be asked for them, but that has its one loop wake and answer, and a
// node asks several times a second: so they are followed by what gossipsub tells of comings and goings. It is safe for concurrent use.
type audience struct {
	ended context.Context //nolint:containedctx // what it is for: an event that is there is returned all the same, none is waited for

	mu     sync.Mutex // guards all below
	events *pubsub.TopicEventHandler
	peers  map[peer.ID]bool
}

// newAudience follows the peers of a topic.
func newAudience(t *pubsub.Topic) (*audience, error) {
	events, err := t.EventHandler()
	if err != nil {
		return nil, err
	}
	ended, end := context.WithCancel(context.Background())
	end()
	return &audience{ended: ended, events: events, peers: make(map[peer.ID]bool)}, nil
}

// catchUp takes in who came and went since it was last called. Gossipsub keeps at most one event a peer. Called with mu held.
func (a *audience) catchUp() {
	for {
		e, err := a.events.NextPeerEvent(a.ended)
		if err != nil {
			return
		}
		if e.Type == pubsub.PeerJoin {
			a.peers[e.Peer] = true
		} else {
			delete(a.peers, e.Peer)
		}
	}
}

// count returns how many there are.
func (a *audience) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.catchUp()
	return len(a.peers)
}

// ids returns them in no order.
func (a *audience) ids() []peer.ID {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.catchUp()
	return slices.Collect(maps.Keys(a.peers))
}
