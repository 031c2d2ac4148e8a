package story

import (
	"slices"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

// entry is what is kept of one price. Times are zero where the node did not see it happen.
type entry struct {
	id          signing.Digest
	observation consensus.Observation
	seen        consensus.Millis
	signers     []mark // in the order in which they came
	refusals    []refusal

	verified   bool
	verifiedAt consensus.Millis
	due        consensus.Millis // when its certificate settles; 0: it has none
	stored     bool
	storedAt   consensus.Millis
	writer     signing.Address // zero: not known
	convicted  bool
}

// mark is one signature.
type mark struct {
	signer signing.Address
	at     consensus.Millis
}

// refusal is one member's.
type refusal struct {
	mark
	reason consensus.Refusal
	own    price.Price // zero: another's, or there was none
}

func (e *entry) marks() int { return len(e.signers) + len(e.refusals) }

func (e *entry) clone() entry {
	c := *e
	c.signers, c.refusals = slices.Clone(e.signers), slices.Clone(e.refusals)
	return c
}

func (e *entry) signedBy(a signing.Address) bool {
	for i := range e.signers { // few, but where a quorum takes hundreds: each of those cost a recovery before
		if e.signers[i].signer == a {
			return true
		}
	}
	return false
}

func (e *entry) refusedBy(a signing.Address) bool {
	return slices.ContainsFunc(e.refusals, func(r refusal) bool { return r.signer == a })
}

// settle moves the instant at which the certificate settles on, with a signature that came then: but once it has settled it
// stays so.
func (e *entry) settle(last consensus.Millis, period time.Duration) {
	if e.verified && (e.due == 0 || last < e.due) {
		e.due = last + consensus.Millis(period.Milliseconds()) //nolint:gosec // not negative
	}
}
