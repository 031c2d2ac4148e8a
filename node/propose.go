package node

import (
	"context"
	"errors"
	"fmt"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/global/price"
)

// propose publishes the node's own report for the round of the quote, once a pair and round. What the journal holds for
// the round, from before a restart, is published again instead of a new one (section 3.3).
func (n *Node) propose(ctx context.Context, quote price.Quote) error {
	if err := n.outboxFault(); err != nil {
		return err
	}
	round := consensus.RoundAt(quote.At, n.policy.Interval)
	if !n.waitRecall(ctx, round) {
		return nil
	}
	ctx = context.WithoutCancel(ctx) // what has begun is finished
	kept, err := n.journal.Proposal(ctx, quote.Pair, round)
	if err != nil {
		return err
	}
	if kept == nil {
		if !n.engine.Proposes(quote.Pair, round) {
			n.tell(Event{Step: Fetched, Observation: n.engine.Observation(quote, round), Own: quote})
			return nil
		}
		if kept, err = n.keepProposal(ctx, quote, round); err != nil {
			return err
		}
	}
	return n.publishProposal(ctx, kept)
}

// keepProposal signs a new report and puts it on disk, so that a crash can't make this node sign a second one. It
// returns the report that is on disk.
func (n *Node) keepProposal(ctx context.Context, quote price.Quote, round consensus.Round) ([]byte, error) {
	o := n.engine.Observation(quote, round)
	id := o.Digest(n.domain)
	n.tell(Event{Step: Fetched, ID: id, Observation: o, Own: quote})
	report, err := n.attest(o, id)
	if err != nil {
		return nil, err
	}
	kept, err := n.journal.Propose(ctx, o.Pair, round, report.Encode())
	if !errors.Is(err, global.ErrDoubleSign) { // that round is over: no fault of the disk
		n.health.set(journalPart, err)
	}
	return kept, err
}

// attest returns a report with this node's attestation alone.
func (n *Node) attest(o consensus.Observation, id signing.Digest) (consensus.Report, error) {
	signature, err := n.key.Sign(id)
	if err != nil {
		return consensus.Report{}, err
	}
	own := []consensus.Attestation{{Signer: n.key.Address(), Signature: signature}}
	return consensus.Report{Network: n.cfg.Network, Observation: o, Attestations: own}, nil
}

// publishProposal merges the journal's report and publishes it, unless that was done already.
func (n *Node) publishProposal(ctx context.Context, kept []byte) error {
	proposal, err := consensus.DecodeReport(kept)
	if err != nil {
		return fmt.Errorf("read own proposal: %w", err)
	}
	now := n.now()
	report, change := n.engine.Admit(proposal, now)
	n.signed(change, now)
	n.credit(&change)
	switch change.Outcome {
	case consensus.Accepted:
		n.publish(ctx, report)
		n.tell(Event{Step: Proposed, ID: change.ID, Observation: report.Observation, Signers: change.New})
	case consensus.Duplicate: // published before
	default:
		n.log.Warn("own proposal of this round can't be published; were the data folder or the settings changed?",
			"round", uint64(proposal.Observation.Round), "outcome", change.Outcome)
	}
	return nil
}
