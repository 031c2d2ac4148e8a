package api

import (
	"context"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

// Refusal tells that the node did not co-sign a price: both prices and why. Times are RFC 3339, UTC, milliseconds.
type Refusal struct {
	Time        consensus.Time    `json:"time"` // of the refusal, on this node's clock
	ID          signing.Digest    `json:"id"`
	Pair        price.Pair        `json:"pair"`
	RoundTime   consensus.Time    `json:"round_time"`
	FirstSigner signing.Address   `json:"first_signer"`
	Price       price.Price       `json:"price"`
	Reason      consensus.Refusal `json:"reason"`
	OwnPrice    *price.Price      `json:"own_price,omitempty"` // absent if there was none
	OwnTime     *consensus.Time   `json:"own_time,omitempty"`  // when it was fetched
}

// Records are what a node keeps of others' faults and of its own refusals, newest first.
type Records interface {
	Evidence(ctx context.Context, limit int) ([]consensus.Evidence, error)
	Refusals(ctx context.Context, q RefusalQuery) ([]Refusal, error)
}

// RefusalQuery says which refusals are asked for.
type RefusalQuery struct {
	ID    []byte          // how the id begins; empty: all
	Pair  price.Pair      // empty: all
	Round consensus.Round // 0: all
	Limit int             // 1 to MaxRecords
}

// evidences is the body of /v1/evidence.
type evidences struct {
	Evidence []consensus.Evidence `json:"evidence"`
}

func evidence(ctx context.Context, n Records, q query) (evidences, error) {
	list, err := n.Evidence(ctx, q.limit)
	return evidences{append([]consensus.Evidence{}, list...)}, err
}

// refused is the body of /v1/refusals.
type refused struct {
	Refusals []Refusal `json:"refusals"`
}

func refusals(ctx context.Context, n Records, q query) (refused, error) {
	list, err := n.Refusals(ctx, RefusalQuery{q.prefix, q.pair, q.round, q.limit})
	return refused{append([]Refusal{}, list...)}, err
}
