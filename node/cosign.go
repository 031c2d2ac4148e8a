package node

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/global"
)

// maxCosigning bounds the co-signatures that are made at once. They share transactions of the journal, and cores.
const maxCosigning = 128

// cosignAll carries out the decisions to sign, and returns the refusals: those that were decided, and what the journal does
// not let this node sign.
func (n *Node) cosignAll(ctx context.Context, decisions []consensus.Decision) (refused []consensus.Decision) {
	var g errgroup.Group
	g.SetLimit(maxCosigning)
	outcomes := make([]error, len(decisions))
	for i, d := range decisions {
		if d.Refusal == "" {
			g.Go(func() error {
				outcomes[i] = n.cosign(ctx, d)
				return nil
			})
		}
	}
	_ = g.Wait() // the errors are in outcomes
	for i, d := range decisions {
		err := outcomes[i]
		if errors.Is(err, global.ErrDoubleSign) {
			d.Refusal, err = consensus.RefusedDoubleSign, nil
		}
		if d.Refusal != "" {
			refused = append(refused, d)
			continue
		}
		n.health.set(journalPart, err)
		if err != nil {
			n.log.Error("co-sign; tried again", "id", d.ID.Short(), "err", err)
			n.engine.Reconsider(d)
		}
	}
	return refused
}

// cosign signs an observation and publishes it with all attestations that are known. The journal knows of it first. The
// error wraps global.ErrDoubleSign when the journal has another one at its place.
func (n *Node) cosign(ctx context.Context, d consensus.Decision) error {
	o := d.Observation
	if err := n.journal.Cosign(ctx, o.Proposer, o.Pair, o.Round, d.ID); err != nil {
		return err
	}
	own, err := n.attest(o, d.ID)
	if err != nil {
		return err
	}
	now := n.now()
	report, change := n.engine.Admit(own, now)
	n.signed(change, now)
	n.credit(&change)
	if change.Outcome == consensus.Accepted {
		n.publish(ctx, report)
		n.tell(Event{Step: Signed, ID: d.ID, Observation: o, Signers: signersOf(report.Attestations)})
	}
	return nil
}
