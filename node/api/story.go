package api

import (
	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

// Story is what one node knows of a round: who proposed, who signed, who refused and why, who wrote it down. Times are RFC
// 3339, UTC, milliseconds, on this node's clock where nothing else is said; a time that the node did not see is null.
type Story struct {
	Round     consensus.Round `json:"round"`      // unix seconds
	RoundTime consensus.Time  `json:"round_time"` // the same
	Complete  bool            `json:"complete"`   // its first certificate has settled
	Proposals []Proposal      `json:"proposals"`  // by pair, then in the order in which they were first seen
}

// Proposal is the story of one price.
type Proposal struct {
	ID           signing.Digest   `json:"id"`
	Pair         price.Pair       `json:"pair"`
	Price        price.Price      `json:"price"`
	FirstSigner  signing.Address  `json:"first_signer"`
	ObservedTime consensus.Time   `json:"observed_time"` // on its proposer's clock
	Seen         *consensus.Time  `json:"seen"`          // when this node first had it
	Signers      []Signer         `json:"signers"`       // the proposer, then in the order in which they were seen
	Refusals     []Refused        `json:"refusals"`
	Quorum       *consensus.Time  `json:"quorum"`    // when this node knew of its quorum
	Stored       *consensus.Time  `json:"stored"`    // when this node knew its row to be in the price store
	Writer       *signing.Address `json:"writer"`    // who announced the row; null: not known, or not written yet
	Convicted    bool             `json:"convicted"` // its proposer signed two prices for the round
}

// Signer is one signature of a price.
type Signer struct {
	Address signing.Address `json:"address"`
	Seen    *consensus.Time `json:"seen"`
}

// Refused tells that a member did not co-sign a price: this node itself, or another one by its own word.
type Refused struct {
	Address  signing.Address   `json:"address"`
	Reason   consensus.Refusal `json:"reason"`
	Seen     *consensus.Time   `json:"seen"`
	OwnPrice *price.Price      `json:"own_price"` // of this node alone; null: there was none, or it is another's
}
