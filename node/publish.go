package node

import (
	"context"
	"errors"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/gossip"
)

// publish sends a report to the topic's peers. Where there is no peer it is sent again when one comes.
func (n *Node) publish(ctx context.Context, report consensus.Report) {
	n.send(ctx, report, report.Encode())
}

func (n *Node) send(ctx context.Context, report consensus.Report, data []byte) {
	id := report.Observation.Digest(n.domain).Short()
	switch err := n.topic.Publish(ctx, data); {
	case err == nil:
	case errors.Is(err, gossip.ErrNoPeers):
		n.log.Info("published to 0 peers; sent again when one comes", "id", id)
	default:
		n.log.Error("publish report", "id", id, "err", err)
	}
}

// againGap is the shortest time between two rounds of sending again: a little less than a tick, so that none is passed over.
const againGap = tickPeriod * 9 / 10

// crowd is what the decide loop remembers of the topic's peers.
type crowd struct {
	peers int
	again time.Time // when reports were last sent again
}

// publishAgain sends the reports without quorum again when there are more peers than before: gossip brings a peer only
// what is published after it came (section 4).
func (n *Node) publishAgain(ctx context.Context) {
	now, peers := n.now(), n.topic.Peers()
	if peers > n.crowd.peers && now.Sub(n.crowd.again).Abs() < againGap {
		return // in a later pass, for all that have come by then
	}
	more := peers > n.crowd.peers
	n.crowd.peers = peers
	if !more {
		return
	}
	n.crowd.again = now
	n.publishEvidenceAgain(ctx, now)
	for _, report := range n.engine.Incomplete(now) {
		n.send(ctx, report, report.EncodeAgain(uint64(now.UnixNano())))
	}
}
