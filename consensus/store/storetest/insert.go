package storetest

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/global/price"
)

func empty(t *testing.T, address string) {
	prices := open(t, address)
	if err := prices.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if stored := insert(t, prices, nil); len(stored) > 0 {
		t.Errorf("stored %v of nothing", stored)
	}
	if rows, err := prices.Latest(t.Context(), store.Query{}); err != nil || len(rows) > 0 {
		t.Errorf("Latest = %v, %v", rows, err)
	}
	if rows := everything(t, prices, store.Query{}); len(rows) > 0 {
		t.Errorf("After = %v", rows)
	}
}

func id(t *testing.T, address string) {
	first, err := open(t, address).ID(t.Context())
	if err != nil || len(first) < 20 {
		t.Fatalf("ID = %q, %v", first, err)
	}
	if again, err := open(t, address).ID(t.Context()); again != first || err != nil {
		t.Errorf("ID = %q, %v through another handle, first %q", again, err, first)
	}
}

func idempotent(t *testing.T, address string) {
	prices := open(t, address)
	rows := NewSigners(t, network, 3).Rows(t, 10)
	twice := append(slices.Clone(rows[:6]), rows[:6]...)
	if stored := insert(t, prices, twice); !slices.Equal(stored, sortedIDs(rows[:6])) {
		t.Errorf("stored %v of 6 rows, each given twice", stored)
	}
	first := everything(t, prices, store.Query{})
	for i := range rows {
		rows[i].LastSignedTime = rows[i].LastSignedTime.Add(time.Second)
	}
	if stored := insert(t, prices, rows); !slices.Equal(stored, sortedIDs(rows[6:])) {
		t.Errorf("stored %v, want the four that are new, by id", stored)
	}
	if stored := insert(t, prices, rows); len(stored) > 0 {
		t.Errorf("stored %v again", stored)
	}
	all := everything(t, prices, store.Query{})
	if !reflect.DeepEqual(all[:6], first) || len(all) != 10 {
		t.Errorf("%d rows, or the first ones have changed", len(all))
	}
}

// overlap has several writers with handles of their own store the same rows, and rows that overlap, at once.
func overlap(t *testing.T, address string) {
	const writers, step, window = 4, 40, 200
	rows := NewSigners(t, network, 1).Rows(t, window+(writers-1)*step)
	stored := make([][]signing.Digest, 2*writers)
	var wg sync.WaitGroup
	for i := range stored {
		prices := open(t, address)
		share := slices.Clone(rows[i/2*step:][:window]) // two of the writers have the same rows,
		if i%2 == 1 {
			slices.Reverse(share) // in another order
		}
		wg.Go(func() {
			var err error
			if stored[i], err = prices.Insert(t.Context(), store.NewBatch(share)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := sorted(slices.Concat(stored...)); !slices.Equal(got, sortedIDs(rows)) {
		t.Errorf("%d rows were new to somebody, want %d, each once", len(got), len(rows))
	}
	if got := sortedIDs(everything(t, open(t, address), store.Query{})); !slices.Equal(got, sortedIDs(rows)) {
		t.Errorf("%d rows are stored, want %d", len(got), len(rows))
	}
}

// large takes several statements.
func large(t *testing.T, address string) {
	prices := open(t, address)
	rows := NewSigners(t, network, 1).Rows(t, 2000)
	if stored := insert(t, prices, rows); !slices.Equal(stored, sortedIDs(rows)) {
		t.Errorf("stored %d of %d", len(stored), len(rows))
	}
	if got := everything(t, prices, store.Query{}); !slices.Equal(sortedIDs(got), sortedIDs(rows)) {
		t.Errorf("%d rows, want %d", len(got), len(rows))
	}
}

// refused gives rows that must not be stored, in the middle of good ones, which are stored.
func refused(t *testing.T, address string) {
	prices := open(t, address)
	signers := NewSigners(t, network, 1)
	foreign := NewSigners(t, "nul\x00", 1).Rows(t, 1)[0]
	var want []signing.Digest
	for name, spoil := range map[string]func(*consensus.Row){
		"id":          func(r *consensus.Row) { r.ID[0]++ },
		"pair":        func(r *consensus.Row) { r.Pair = "eth-usd" },
		"no price":    func(r *consensus.Row) { r.Price = price.Price{} },
		"round":       func(r *consensus.Row) { r.RoundTime = r.RoundTime.Add(time.Millisecond) },
		"observed":    func(r *consensus.Row) { r.ObservedTime = r.ObservedTime.Add(time.Microsecond) },
		"before 1970": func(r *consensus.Row) { r.LastSignedTime = time.Time{} },
		"year 10000":  func(r *consensus.Row) { r.LastSignedTime = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"nul":         func(r *consensus.Row) { *r = foreign },
	} {
		rows := signers.Rows(t, 3)
		spoil(&rows[1])
		stored, err := prices.Insert(t.Context(), store.NewBatch(rows))
		var bad *store.RefusedError
		if !errors.As(err, &bad) || !errors.Is(err, global.ErrMalformed) || len(bad.Rows) != 1 ||
			bad.Rows[0].ID != rows[1].ID || bad.Rest != nil {
			t.Errorf("%s: Insert = %v, %v", name, stored, err)
		}
		want = append(want, rows[0].ID, rows[2].ID)
	}
	if rows := everything(t, prices, store.Query{}); !slices.Equal(sortedIDs(rows), sorted(want)) {
		t.Errorf("%d rows were stored, want %d", len(rows), len(want))
	}
}

// cancelled wants calls with a context that is over to fail, and the store to work on.
func cancelled(t *testing.T, address string) {
	prices := open(t, address)
	rows := NewSigners(t, network, 1).Rows(t, 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, insertErr := prices.Insert(ctx, store.NewBatch(rows))
	_, latestErr := prices.Latest(ctx, store.Query{})
	_, idErr := prices.ID(ctx)
	for _, err := range []error{insertErr, latestErr, idErr, prices.Check(ctx)} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want context.Canceled", err)
		}
	}
	if stored := insert(t, prices, rows); len(stored) != 1 {
		t.Errorf("stored %v afterwards", stored)
	}
}
