package store

import (
	"bytes"
	"strings"
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
	Since   time.Time  // rounds that start then or later; zero: all
	Until   time.Time  // rounds that start before; zero: all
	Below   Place      // rows that Latest returns after this one; zero: from the newest on
	Limit   int        // how many rows at most; below 1 or above MaxRows it is MaxRows
}

// Place is one row's place in the order in which Latest returns rows: by round, then by id, from the highest on.
type Place struct {
	Round time.Time
	ID    signing.Digest
}

// PlaceOf returns the place of a row.
func PlaceOf(row consensus.Row) Place { return Place{row.RoundTime, row.ID} }

// bounds are those of a query in a form that has no exceptions, so that a database finds them in its index.
type bounds struct {
	since, until, round time.Time // rounds from since on, before until, and not after round
	id                  string    // of that round the ids below it
}

func (q Query) bounds() bounds {
	const beyondIDs = "1" // ids begin with 0x
	last := time.Date(9999, time.December, 31, 23, 59, 59, 999_000_000, time.UTC)
	b := bounds{q.Since, q.Until, last, beyondIDs}
	if b.since.IsZero() {
		b.since = time.Unix(0, 0)
	}
	if b.until.IsZero() {
		b.until = last
	}
	if q.Below != (Place{}) {
		b.round, b.id = q.Below.Round, q.Below.ID.String()
	}
	return b
}

func (q Query) limit() int {
	if q.Limit < 1 || q.Limit > MaxRows {
		return MaxRows
	}
	return q.Limit
}

// newest returns the condition of Latest in parameters 1, 2 and 4 to 7, each written with the mark. It has no OR, so that the
// index on network, pair and round serves it.
func (q Query) newest(mark string) string {
	network, pair := "network = $1", "pair = $2"
	if q.Network == "" {
		network = "$1 = ''"
	}
	if q.Pair == "" {
		pair = "$2 = ''"
	}
	return strings.ReplaceAll("WHERE "+network+" AND "+pair+" AND round_time >= $4 AND round_time < $5"+
		" AND round_time <= $6 AND (round_time, id) < ($6, $7) ORDER BY round_time DESC, id DESC LIMIT $3", "$", mark)
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
