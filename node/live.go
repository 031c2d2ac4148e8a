package node

import (
	"context"
	"fmt"

	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/archive"
)

// learnLive asks a peer for the reports that can still enter, has them validated as gossip is, and publishes again what they
// brought: what this node knows it has passed on. So reports that were under way when a cut came go on after it.
func (n *Node) learnLive(ctx context.Context, id peer.ID) error {
	response, err := n.ask(ctx, id, archive.Request{Live: true})
	if err != nil {
		return err
	}
	for _, data := range response.Reports {
		now := n.now()
		change := n.engine.Receive(data, now)
		n.meters.members.credit(&change)
		switch {
		case change.Outcome.AtFault():
			n.network.Blame(id)
			return fmt.Errorf("%w: live report: %s", archive.ErrFault, change.Outcome)
		case change.Evidence != nil:
			n.found(*change.Evidence, true)
		case change.Outcome == consensus.Accepted:
			n.meters.learned.Inc()
			n.signed(change, now)
			nudge(n.wake)
			if report, err := consensus.DecodeReport(data); err == nil {
				n.send(ctx, report, report.EncodeAgain(uint64(now.UnixNano())))
			}
		}
	}
	return nil
}

// live returns what a peer gets that asks for live reports.
func (n *Node) live() [][]byte {
	var encoded [][]byte
	for _, r := range n.engine.Live(n.now()) {
		encoded = append(encoded, r.Encode())
	}
	return archive.Fit(encoded)
}
