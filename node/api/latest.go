package api

import (
	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/global/price"
)

// Latest is the price of a pair in the latest complete round: the lower median over the round's certificates, which is a price
// that somebody signed, with its proof. A round is complete when its first certificate has settled. Convicted proposers are
// left out.
type Latest struct {
	Pair      price.Pair     `json:"pair"`
	Price     price.Price    `json:"price"`
	RoundTime consensus.Time `json:"round_time"`
	Age       int64          `json:"age"`   // milliseconds since the price was observed, by this node's clock
	Stale     bool           `json:"stale"` // a later round should be complete by now, and is not
	Count     int            `json:"count"` // certificates of the round
	Lowest    price.Price    `json:"lowest"`
	Highest   price.Price    `json:"highest"`
	Spread    int64          `json:"spread"`  // highest less lowest, in millionths of the price
	Signers   int            `json:"signers"` // distinct ones, of all the round's certificates
	Proof     consensus.Row  `json:"proof"`   // of the price itself, as `verify` checks it; created_time is null
	Verified  *Verified      `json:"verified,omitempty"`
}
