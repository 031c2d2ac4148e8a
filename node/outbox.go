package node

import (
	"context"
	"fmt"

	"github.com/gossip-price/gossip-price/node/api"
)

// keepCertificates puts new and grown certificates into the journal's outbox. A price counts as verified only from then
// on. What could not be kept is tried again in the next pass.
func (n *Node) keepCertificates(ctx context.Context) {
	certificates := n.engine.Unsaved()
	if len(certificates) == 0 {
		return
	}
	before := n.outboxFault()
	err := n.journal.Keep(ctx, certificates)
	n.health.set(outboxPart, err)
	if err != nil {
		n.tellUnkept(before, len(certificates), err)
		return
	}
	if before != nil {
		n.log.Info("certificates are kept again, and prices signed", "count", len(certificates))
	}
	n.archive(certificates)
	for _, c := range n.engine.Saved(certificates) {
		n.feed.Tell(api.CertificateEvent, c.Row())
		n.tell(Event{Step: Quorum, ID: c.ID, Observation: c.Observation, Signers: signersOf(c.Attestations)})
	}
}

// tellUnkept tells when the outbox begins to fail, not at each try, and of each certificate that is given up for want of room.
func (n *Node) tellUnkept(before error, count int, err error) {
	if before == nil {
		n.log.Error("keep certificates; tried again, and nothing is signed until they are kept", "count", count, "err", err)
	}
	if shed := n.engine.TakeShed(); shed > 0 {
		n.log.Error("certificates given up: too many could not be kept; the other nodes that saw them have them", "count", shed)
	}
}

// outboxFault returns why certificates can't be kept at present, or nil. Meanwhile the node signs nothing: it would help to
// verify prices of which it holds no copy, and if nobody else does, as where it is its own quorum, they would be lost.
func (n *Node) outboxFault() error {
	if _, err := n.health.heard(outboxPart); err != nil {
		return fmt.Errorf("nothing is signed while certificates can't be kept: %w", err)
	}
	return nil
}
