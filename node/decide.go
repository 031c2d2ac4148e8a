package node

import (
	"context"
	"errors"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/global"
)

// decidePeriod is how often the engine is asked at least, though nothing has come and no stage of co-signing ends.
const decidePeriod = time.Second

// decideLoop acts on what the engine decides, one pass after the other.
func (n *Node) decideLoop(ctx context.Context) error {
	for next := n.now(); n.waitUntil(ctx, next, n.wake); {
		next = n.now().Add(decidePeriod)
		again := n.decide(context.WithoutCancel(ctx)) // what has begun is finished
		if !again.IsZero() && again.Before(next) {
			next = again
		}
	}
	return nil
}

// decide co-signs what is to be co-signed and brings new certificates to disk. It returns the instant at which the next
// stage of co-signing ends, if one is waited for.
func (n *Node) decide(ctx context.Context) (again time.Time) {
	clock := n.trustsClock() // before the engine judges by the own price, which it may forget
	decisions, wanted, again := n.engine.Decide(n.now())
	for _, pair := range wanted {
		nudge(n.demand[pair])
	}
	var refused []consensus.Decision
	for _, d := range decisions {
		if d.Refusal == "" && !clock {
			d.Refusal = consensus.RefusedClock
		}
		if d.Refusal == "" {
			err := n.cosign(ctx, d)
			if errors.Is(err, global.ErrDoubleSign) {
				d.Refusal, err = consensus.RefusedDoubleSign, nil
			}
			n.health.set("journal", err)
			if err != nil {
				n.log.Error("co-sign; tried again", "id", d.ID.Short(), "err", err)
				n.engine.Reconsider(d)
			}
		}
		if d.Refusal != "" {
			refused = append(refused, d)
		}
	}
	n.refuse(ctx, refused)
	n.keepEvidence(ctx)
	n.publishAgain(ctx)
	n.keepCertificates(ctx)
	return again
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
	report, change := n.engine.Admit(own, n.now())
	if change.Outcome == consensus.Accepted {
		n.publish(ctx, report)
		n.tell(Event{Step: Signed, ID: d.ID, Observation: o, Signers: signersOf(report.Attestations)})
	}
	return nil
}

// keepCertificates puts new and grown certificates into the journal's outbox. A price counts as verified only from then
// on. What could not be kept is tried again in the next pass.
func (n *Node) keepCertificates(ctx context.Context) {
	certificates := n.engine.Unsaved()
	if len(certificates) == 0 {
		return
	}
	err := n.journal.Keep(ctx, certificates)
	n.health.set("journal", err)
	if err != nil {
		n.log.Error("keep certificates", "count", len(certificates), "err", err)
		return
	}
	for _, c := range n.engine.Saved(certificates) {
		n.tell(Event{Step: Quorum, ID: c.ID, Observation: c.Observation, Signers: signersOf(c.Attestations)})
	}
}
