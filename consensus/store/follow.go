package store

import (
	"context"
	"maps"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// overlap is how far a Follower looks back. A row carries the time at which its statement began and is seen when that
// ends, callTimeout later at most; in between, rows with later times may be seen first.
const overlap = callTimeout + 5*time.Second

// Follower reads the rows of a store as they land, each once, also those that writers store at the same time. It is not
// safe for concurrent use. It remembers the ids of the rows of the last 25 s.
type Follower struct {
	prices Prices
	query  Query
	start  time.Time // rows stored before are not told
	last   Cursor    // of the newest row told
	seen   map[signing.Digest]time.Time
}

// Follow returns a Follower of the rows that the query asks for and that come after those in shown, which Latest
// returned; with none shown, of all rows there are. Query.Limit bounds what one Next returns.
func Follow(prices Prices, query Query, shown []consensus.Row) *Follower {
	f := &Follower{prices: prices, query: query, seen: make(map[signing.Digest]time.Time)}
	for i, row := range shown {
		if i == 0 || row.CreatedTime.Before(f.start) {
			f.start = row.CreatedTime
		}
		f.take(row)
	}
	return f
}

// Next returns rows that have not been returned, in the order in which they became known, at most Query.Limit; none
// where nothing is new. Errors are those of Prices.After; a later call goes on where this one stood.
func (f *Follower) Next(ctx context.Context) ([]consensus.Row, error) {
	cursor := Cursor{Created: f.start}
	if back := f.last.Created.Add(-overlap); back.After(f.start) {
		cursor.Created = back
		maps.DeleteFunc(f.seen, func(_ signing.Digest, created time.Time) bool { return created.Before(back) })
	}
	for {
		rows, err := f.prices.After(ctx, f.query, cursor)
		if err != nil {
			return nil, err
		}
		var fresh []consensus.Row
		for _, row := range rows {
			if _, known := f.seen[row.ID]; !known {
				f.take(row)
				fresh = append(fresh, row)
			}
			cursor = CursorAt(row)
		}
		if len(fresh) > 0 || len(rows) < f.query.limit() {
			return fresh, nil
		}
	}
}

func (f *Follower) take(row consensus.Row) {
	f.seen[row.ID] = row.CreatedTime
	if at := CursorAt(row); f.last.before(at) {
		f.last = at
	}
}
