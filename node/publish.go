package node

import (
	"context"
	"errors"
	"sync"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/gossip"
)

// unsent remembers the observations whose report found no peer. There are at most as many as the engine holds.
type unsent struct {
	mu           sync.Mutex // guards observations
	observations map[consensus.Observation]struct{}
}

func (u *unsent) add(o consensus.Observation) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.observations[o] = struct{}{}
}

// take returns all and forgets them.
func (u *unsent) take() map[consensus.Observation]struct{} {
	u.mu.Lock()
	defer u.mu.Unlock()
	taken := u.observations
	u.observations = make(map[consensus.Observation]struct{})
	return taken
}

// publish sends a report to the topic's peers. Where there is no peer it is sent again once there is one.
func (n *Node) publish(ctx context.Context, report consensus.Report) {
	id := report.Observation.Digest(n.domain).Short()
	switch err := n.topic.Publish(ctx, report.Encode()); {
	case err == nil:
	case errors.Is(err, gossip.ErrNoPeers):
		n.log.Info("published to 0 peers; sent again when there are some", "id", id)
		n.unsent.add(report.Observation)
	default:
		n.log.Error("publish report", "id", id, "err", err)
	}
}

// publishUnsent sends what found no peer, with all that is known by now, for as long as the engine holds it.
func (n *Node) publishUnsent(ctx context.Context) {
	if n.topic.Peers() == 0 {
		return
	}
	for o := range n.unsent.take() {
		if report, held := n.engine.Report(o); held {
			n.publish(ctx, report)
		}
	}
}
