package story

import (
	"slices"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node/api"
)

// Signed notes signers of a price that the node has just seen; quorum if it knows of the price's quorum with them.
func (b *Book) Signed(o consensus.Observation, id signing.Digest, signers []signing.Address, quorum bool, now time.Time) {
	at := consensus.MillisOf(now)
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.live(o, id)
	if e == nil {
		return
	}
	if e.seen == 0 && len(e.signers) == 0 {
		e.seen = at
	}
	grown := b.sign(e, signers, at)
	if quorum && !e.verified {
		e.verified, e.verifiedAt, grown = true, at, true
	}
	if grown {
		e.settle(at, b.cfg.Settle)
	}
}

// live is entry for a price of which the node has just seen something. Called with mu held.
func (b *Book) live(o consensus.Observation, id signing.Digest) *entry {
	e := b.entry(o, id)
	if c := b.rounds[o.Round]; c != nil && c.silent == nil {
		c.silent = b.silent
	}
	return e
}

// sign adds those of the signers that are not there yet, and tells whether there were any. Called with mu held.
func (b *Book) sign(e *entry, signers []signing.Address, at consensus.Millis) (grown bool) {
	for _, a := range signers {
		if !e.signedBy(a) && b.room(e.observation.Round, 0, 1) {
			e.signers, grown = append(e.signers, mark{a, at}), true
			b.marks++
		}
	}
	return grown
}

// Refused notes that the node itself does not co-sign a price; own is its own price, zero if there was none.
func (b *Book) Refused(
	o consensus.Observation, id signing.Digest, reason consensus.Refusal, own price.Price, now time.Time,
) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if e := b.live(o, id); e != nil {
		b.refuse(e, refusal{mark{b.cfg.Self, consensus.MillisOf(now)}, reason, own})
	}
}

// refuse adds a refusal, the first of each member. Called with mu held.
func (b *Book) refuse(e *entry, r refusal) {
	if !e.refusedBy(r.signer) && b.room(e.observation.Round, 0, 1) {
		e.refusals = append(e.refusals, r)
		b.marks++
	}
}

// Heard notes what another member says that it refused. Of prices that the book does not have it takes no note: the next
// heartbeat says it again.
func (b *Book) Heard(member signing.Address, refused []consensus.RefusedPrice, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range refused {
		if e, ok := b.short[r.ID]; ok {
			b.refuse(e, refusal{mark{member, consensus.MillisOf(now)}, r.Reason, price.Price{}})
		}
	}
}

// Stored notes that a price's row is in the store, and who announced it; zero if nobody did.
func (b *Book) Stored(id signing.Digest, writer signing.Address, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e, ok := b.prices[id]
	if !ok {
		return
	}
	if !e.stored {
		e.stored, e.storedAt = true, consensus.MillisOf(now)
	}
	if writer != (signing.Address{}) {
		e.writer = writer
	}
}

// Convicted notes that a proposer signed two prices for one round.
func (b *Book) Convicted(first, second consensus.Observation, domain signing.Domain, now time.Time) {
	at := consensus.MillisOf(now)
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, o := range []consensus.Observation{first, second} {
		e := b.live(o, o.Digest(domain))
		if e == nil {
			continue
		}
		e.convicted = true
		if len(e.signers) == 0 {
			e.seen = at
			b.sign(e, []signing.Address{o.Proposer}, at)
		}
	}
}

// Silent notes whom the node does not hear of at present: the story of the latest round that has begun says so, and that of
// those which follow until the next look.
func (b *Book) Silent(members []signing.Address, now time.Time) {
	silent := append([]signing.Address{}, members[:min(len(members), api.MaxSilent)]...)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.silent == nil || !slices.Equal(silent, b.silent) {
		b.silent = silent // rounds share it
	}
	latest := consensus.Round(0)
	for r := range b.rounds {
		if r > latest && !r.Start().After(now) {
			latest = r
		}
	}
	if c, ok := b.rounds[latest]; ok {
		c.silent = b.silent
	}
}
