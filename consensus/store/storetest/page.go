package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/global/price"
)

// sinceUntil asks for rounds from one on and before another.
func sinceUntil(t *testing.T, address string) {
	prices := open(t, address)
	rows := NewSigners(t, network, 1).Rows(t, 20) // a minute apart
	insert(t, prices, rows)
	at := func(i int) time.Time { return rows[i].RoundTime }
	for name, test := range map[string]struct {
		since, until time.Time
		from, to     int
	}{
		"all":             {time.Time{}, time.Time{}, 0, 20},
		"since":           {at(5), time.Time{}, 5, 20},
		"after":           {at(5).Add(time.Millisecond), time.Time{}, 6, 20},
		"until":           {time.Time{}, at(5), 0, 5},
		"until after":     {time.Time{}, at(5).Add(time.Millisecond), 0, 6},
		"one round":       {at(7), at(8), 7, 8},
		"in another zone": {at(7).In(time.FixedZone("x", 3600)), at(9), 7, 9},
		"nothing":         {at(8), at(8), 0, 0},
		"turned around":   {at(9), at(8), 0, 0},
		"before 1970":     {time.Unix(-1e10, 0), time.Time{}, 0, 20},
	} {
		q := store.Query{Network: network, Since: test.since, Until: test.until}
		want := sortedIDs(rows[test.from:test.to])
		if got, err := prices.Latest(t.Context(), q); err != nil || !slices.Equal(sortedIDs(got), want) {
			t.Errorf("%s: %d rows, %v; want %d", name, len(got), err, len(want))
		}
		if got := everything(t, prices, q); !slices.Equal(sortedIDs(got), want) {
			t.Errorf("%s: After gives %d rows, want %d", name, len(got), len(want))
		}
	}
}

// back pages from the newest row to the oldest, through rounds of several rows and of several pairs.
func back(t *testing.T, address string) {
	prices := open(t, address)
	signers := NewSigners(t, network, 1)
	var rows []consensus.Row
	for i := range 12 {
		for _, pair := range []price.Pair{"ETH-USD", "BTC-USD"} {
			for observed := range 3 {
				round := consensus.Round(600 * (i + 1))
				rows = append(rows, signers.Sign(t, consensus.Observation{
					Pair: pair, Price: randomPrice(t), Round: round, Proposer: signers.Key(0).Address(),
					ObservedAt: consensus.MillisOf(round.Start()) + consensus.Millis(observed), //nolint:gosec // below 3
				}).Row())
			}
		}
	}
	insert(t, prices, rows)
	slices.SortFunc(rows, func(a, b consensus.Row) int {
		if c := b.RoundTime.Compare(a.RoundTime); c != 0 {
			return c
		}
		return slices.Compare(b.ID[:], a.ID[:])
	})
	ofETH := slices.DeleteFunc(slices.Clone(rows), func(r consensus.Row) bool { return r.Pair != "ETH-USD" })
	since := rows[30].RoundTime
	for name, test := range map[string]struct {
		query store.Query
		want  []consensus.Row
	}{
		"all":      {store.Query{}, rows},
		"one pair": {store.Query{Pair: "ETH-USD"}, ofETH},
		"since":    {store.Query{Since: since}, slices.DeleteFunc(slices.Clone(rows), func(r consensus.Row) bool { return r.RoundTime.Before(since) })},
	} {
		for _, limit := range []int{1, 4, 36, 100} {
			q := test.query
			q.Limit = limit
			if got := backwards(t, prices, q); !slices.EqualFunc(got, test.want, sameID) {
				t.Errorf("%s by %d: %d rows, want %d, or another order", name, limit, len(got), len(test.want))
			}
		}
	}
	beyond := store.Query{Below: store.Place{Round: rows[len(rows)-1].RoundTime, ID: signing.Digest{}}}
	if got, err := prices.Latest(t.Context(), beyond); err != nil || len(got) > 0 {
		t.Errorf("%d rows below the last one, %v", len(got), err)
	}
}

// backwards returns all rows that the query asks for, the newest first, page by page.
func backwards(t *testing.T, prices store.Prices, q store.Query) []consensus.Row {
	t.Helper()
	var all []consensus.Row
	for {
		rows, err := prices.Latest(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) == 0 {
			return all
		}
		all, q.Below = append(all, rows...), store.PlaceOf(rows[len(rows)-1])
	}
}
