package storetest

import (
	"slices"
	"sync"
	"testing"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
)

func latest(t *testing.T, address string) {
	prices := open(t, address)
	rows := NewSigners(t, network, 1).Rows(t, store.MaxRows+5) // rounds ascend
	insert(t, prices, rows)
	slices.Reverse(rows)
	for limit, want := range map[int]int{1: 1, 7: 7, store.MaxRows: store.MaxRows, 0: store.MaxRows, 5000: store.MaxRows} {
		got, err := prices.Latest(t.Context(), store.Query{Limit: limit})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.EqualFunc(got, rows[:want], sameID) {
			t.Errorf("limit %d: %d rows, want the %d newest", limit, len(got), want)
		}
	}
}

func sameID(a, b consensus.Row) bool { return a.ID == b.ID }

func filter(t *testing.T, address string) {
	prices := open(t, address)
	rows := slices.Concat(NewSigners(t, "one", 1).Rows(t, 30), NewSigners(t, "two", 1).Rows(t, 30))
	insert(t, prices, rows)
	for _, q := range []store.Query{
		{}, {Network: "one"}, {Network: "two", Pair: "ETH-USD"}, {Pair: "BTC-USD"}, {Network: "none"}, {Pair: "X-Y"},
	} {
		want := slices.DeleteFunc(slices.Clone(rows), func(r consensus.Row) bool {
			return (q.Network != "" && r.Network != q.Network) || (q.Pair != "" && r.Pair != q.Pair)
		})
		got, err := prices.Latest(t.Context(), q)
		if err != nil || !slices.Equal(sortedIDs(got), sortedIDs(want)) {
			t.Errorf("Latest of %+v: %d rows, %v; want %d", q, len(got), err, len(want))
		}
		if got := everything(t, prices, q); !slices.Equal(sortedIDs(got), sortedIDs(want)) {
			t.Errorf("After of %+v: %d rows, want %d", q, len(got), len(want))
		}
	}
}

// after pages through rows, many of which were stored in the same millisecond.
func after(t *testing.T, address string) {
	prices := open(t, address)
	rows := NewSigners(t, network, 1).Rows(t, 90)
	for third := range slices.Chunk(rows, 30) {
		insert(t, prices, third)
	}
	want := everything(t, prices, store.Query{})
	if !slices.Equal(sortedIDs(want), sortedIDs(rows)) {
		t.Fatalf("%d rows, want %d", len(want), len(rows))
	}
	for _, limit := range []int{1, 7, 30, 89, 90, 91} {
		if got := everything(t, prices, store.Query{Limit: limit}); !slices.EqualFunc(got, want, sameID) {
			t.Errorf("by %d: %d rows, or another order", limit, len(got))
		}
	}
	for i := 1; i < len(want); i++ {
		if want[i].CreatedTime.Before(want[i-1].CreatedTime) {
			t.Errorf("row %d was stored before row %d", i, i-1)
		}
	}
}

func follow(t *testing.T, address string) {
	prices := open(t, address)
	rows := NewSigners(t, network, 1).Rows(t, 50)
	f := store.Follow(prices, store.Query{Limit: 20}, nil)
	if got := next(t, f); len(got) > 0 {
		t.Errorf("%d rows of an empty store", len(got))
	}
	insert(t, prices, rows[:45])
	for _, want := range []int{20, 20, 5, 0} {
		if got := next(t, f); len(got) != want {
			t.Errorf("%d rows, want %d", len(got), want)
		}
	}
	insert(t, prices, rows)
	if got := next(t, f); !slices.Equal(sortedIDs(got), sortedIDs(rows[45:])) {
		t.Errorf("%d rows, want the 5 new ones", len(got))
	}
}

// followShown goes on after a listing.
func followShown(t *testing.T, address string) {
	prices := open(t, address)
	rows := NewSigners(t, network, 1).Rows(t, 9)
	insert(t, prices, rows[:6])
	shown, err := prices.Latest(t.Context(), store.Query{})
	if err != nil {
		t.Fatal(err)
	}
	f := store.Follow(prices, store.Query{}, shown)
	if got := next(t, f); len(got) > 0 {
		t.Errorf("%d rows come twice", len(got))
	}
	insert(t, prices, rows)
	if got := next(t, f); !slices.Equal(sortedIDs(got), sortedIDs(rows[6:])) {
		t.Errorf("%d rows, want the 3 new ones", len(got))
	}
}

// followWrites follows while several write: every row comes, and once.
func followWrites(t *testing.T, address string) {
	const writers, each, batch = 4, 100, 10
	rows := NewSigners(t, network, 1).Rows(t, writers*each)
	var wg sync.WaitGroup
	for share := range slices.Chunk(rows, each) {
		prices := open(t, address)
		wg.Go(func() {
			for part := range slices.Chunk(share, batch) {
				if _, err := prices.Insert(t.Context(), store.NewBatch(part)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { defer close(done); wg.Wait() }()
	f := store.Follow(open(t, address), store.Query{Limit: 64}, nil)
	var got []signing.Digest
	for written := false; ; {
		fresh := next(t, f)
		got = append(got, sortedIDs(fresh)...)
		if written && len(fresh) == 0 {
			break
		}
		select {
		case <-done:
			written = true
		default:
		}
	}
	if !slices.Equal(sorted(got), sortedIDs(rows)) {
		t.Errorf("%d rows came, want %d, each once", len(got), len(rows))
	}
}

func next(t *testing.T, f *store.Follower) []consensus.Row {
	t.Helper()
	rows, err := f.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
