package store

import (
	"bytes"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

// MaxRows bounds the rows that one call returns.
const MaxRows = 1000

// MaxReadIDs bounds the rows that one Read asks for.
const MaxReadIDs = 2000

// Query says which rows of a store are asked for.
type Query struct {
	Network string     // empty: of all networks
	Pair    price.Pair // empty: of all pairs
	Limit   int        // how many rows at most; below 1 or above MaxRows it is MaxRows
}

func (q Query) limit() int {
	if q.Limit < 1 || q.Limit > MaxRows {
		return MaxRows
	}
	return q.Limit
}

// Cursor is a place in the order in which rows were stored. The zero value is before all rows.
type Cursor struct {
	Created time.Time
	ID      signing.Digest // parts rows of the same millisecond
}

// CursorAt returns the place of a row that a store returned.
func CursorAt(row consensus.Row) Cursor { return Cursor{row.CreatedTime, row.ID} }

func (c Cursor) before(other Cursor) bool {
	if !c.Created.Equal(other.Created) {
		return c.Created.Before(other.Created)
	}
	return bytes.Compare(c.ID[:], other.ID[:]) < 0
}
