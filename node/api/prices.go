package api

import (
	"context"
	"net/http"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

// Price is a price with its proof, as `verify` checks it. Times are RFC 3339, UTC, milliseconds; lengths of time are
// milliseconds.
type Price struct {
	row
	Stored   bool      `json:"stored"`        // this node knows the row to be in its price store; else created_time is null
	Age      *int64    `json:"age,omitempty"` // of what is not stored: since it was observed, by this node's clock
	Verified *Verified `json:"verified,omitempty"`
}

// NewPrice returns the price of a row: one that is stored, unless it has no CreatedTime.
func NewPrice(r consensus.Row) Price {
	return Price{row: rowOf(r), Stored: !r.CreatedTime.IsZero()}
}

// Verified is what a check of a proof by this node's roster and quorum found. It is there if the request asked for it.
type Verified struct {
	OK     bool   `json:"ok"`
	Quorum int    `json:"quorum"`          // how many signers of the roster are asked for; of an open network anyone counts
	Fault  string `json:"fault,omitempty"` // why it is not OK
}

// PriceList is a page of stored prices, the newest rounds first.
type PriceList struct {
	Time   consensus.Time `json:"time"` // of this answer, on this node's clock
	Age    *int64         `json:"age"`  // of the first price: milliseconds since it was observed; null: there is none
	Prices []Price        `json:"prices"`
	Next   *Cursor        `json:"next"` // `cursor` of the next page; null: this is the last one
}

// PriceQuery says which stored prices are asked for.
type PriceQuery struct {
	Pair         price.Pair // empty: all that the node watches
	Since, Until time.Time  // rounds that start at Since or later and before Until; zero: all
	Below        Cursor     // the page begins after that place; zero: with the newest
	Limit        int        // 1 to MaxRecords
	Verify       bool       // check the proofs
}

// Prices is a node that has prices.
type Prices interface {
	// Latest returns the price that stands at present; of an empty pair that of the first one that the node watches. It takes no
	// I/O. Errors wrap ErrNotFound.
	Latest(pair price.Pair, verify bool) (Latest, error)
	// StoredPrices returns prices of the store. Errors are those of the store.
	StoredPrices(ctx context.Context, q PriceQuery) (PriceList, error)
	// Price returns one price of the store, or of the node's archive where it is not stored yet. Errors wrap ErrNotFound.
	Price(ctx context.Context, id signing.Digest, verify bool) (Price, error)
}

func latest(_ context.Context, n Prices, q query) (Latest, error) { return n.Latest(q.pair, q.verify) }

func prices(ctx context.Context, n Prices, q query) (PriceList, error) {
	return n.StoredPrices(ctx, PriceQuery{q.pair, q.since, q.until, q.below, q.limit, q.verify})
}

func onePrice(ctx context.Context, n Prices, q query) (Price, error) {
	return n.Price(ctx, q.id, q.verify)
}

// shape lets a stored row be kept for ever: nothing of it changes. What is not stored yet will be, and the outcome of a check
// depends on the node.
func (p Price) shape(h http.Header) int {
	if p.Stored && p.Verified == nil {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("Etag", `W/"`+p.ID.String()+`"`)
		h.Set("Last-Modified", time.Time(*p.CreatedTime).UTC().Format(http.TimeFormat))
	}
	return http.StatusOK
}

// row is the JSON of a consensus.Row.
type row struct {
	ID             signing.Digest          `json:"id"`
	Network        string                  `json:"network"`
	Pair           price.Pair              `json:"pair"`
	Price          price.Price             `json:"price"`
	FirstSigner    signing.Address         `json:"first_signer"`
	SignData       []consensus.Attestation `json:"sign_data"`
	RoundTime      consensus.Time          `json:"round_time"`
	ObservedTime   consensus.Time          `json:"observed_time"`
	LastSignedTime consensus.Time          `json:"lastsigned_time"`
	CreatedTime    *consensus.Time         `json:"created_time"` // null: not stored
}

func rowOf(r consensus.Row) row {
	written := row{
		r.ID, r.Network, r.Pair, r.Price, r.FirstSigner, r.SignData,
		consensus.Time(r.RoundTime), consensus.Time(r.ObservedTime), consensus.Time(r.LastSignedTime), nil,
	}
	if !r.CreatedTime.IsZero() {
		created := consensus.Time(r.CreatedTime)
		written.CreatedTime = &created
	}
	return written
}
