package story

import (
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

// Certificate adds a certificate that the node holds, and whether it knows its row to be in the store. When its signatures
// came is not known, but for those that the book has already.
func (b *Book) Certificate(c consensus.Certificate, stored bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.entry(c.Observation, c.ID)
	if e == nil {
		return
	}
	for _, a := range c.Attestations {
		b.sign(e, []signing.Address{a.Signer}, 0)
	}
	if !e.verified {
		e.verified = true
		e.settle(consensus.MillisOf(c.LastSigned), b.cfg.Settle)
	}
	e.stored = e.stored || stored
}

// Restored is a refusal of the node's own that it has kept.
type Restored struct {
	Observation consensus.Observation
	ID          signing.Digest
	Reason      consensus.Refusal
	Own         price.Price // zero: there was none
	At          time.Time
}

// Refusal adds one that the node has kept. Who signed the price is not known, but for its proposer.
func (b *Book) Refusal(r Restored) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.entry(r.Observation, r.ID)
	if e == nil {
		return
	}
	b.sign(e, []signing.Address{r.Observation.Proposer}, 0)
	b.refuse(e, refusal{mark{b.cfg.Self, consensus.MillisOf(r.At)}, r.Reason, r.Own})
}

// Conviction adds one that the node has kept, if the book has a price of it.
func (b *Book) Conviction(o consensus.Observation) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c, ok := b.rounds[o.Round]
	if !ok {
		return
	}
	for _, e := range c.prices {
		if e.observation.Pair == o.Pair && e.observation.Proposer == o.Proposer {
			e.convicted = true
		}
	}
}
