package consensus

import (
	"fmt"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/global/price"
)

// Observation is what one node saw: the content that a digest commits to. It is comparable: equal observations are the
// same price of the same proposer.
type Observation struct {
	Pair       price.Pair
	Price      price.Price
	Round      Round
	ObservedAt Millis
	Proposer   signing.Address
}

// priceType is the EIP-712 type of an observation, frozen (section 2).
const priceType = "Price(string pair,uint256 price,uint64 round,uint64 observedAt,address proposer)"

// Digest returns the EIP-712 signing hash of the observation in a network's domain: the id of the price.
func (o Observation) Digest(domain signing.Domain) signing.Digest {
	return Hasher{domain: domain, kind: signing.TypeWord(priceType)}.Digest(o)
}

// check refuses what no node can have observed, whatever its settings. Errors wrap global.ErrMalformed.
func (o Observation) check() error {
	if _, err := price.ParsePair(string(o.Pair)); err != nil {
		return err
	}
	if o.Price.IsZero() {
		return fmt.Errorf("%w: no price", global.ErrMalformed)
	}
	if o.Round == 0 || o.Round > maxRound || o.ObservedAt == 0 || o.ObservedAt > maxMillis {
		return fmt.Errorf("%w: time out of range", global.ErrMalformed)
	}
	return nil
}
