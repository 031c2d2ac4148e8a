package store_test

import (
	"errors"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/consensus/store/storetest"
	"github.com/gossip-price/gossip-price/global/price"
)

// someRefusals returns n refusals a minute apart, with all reasons in turn; every second one had an own price.
func someRefusals(t *testing.T, n int) []store.Refusal {
	t.Helper()
	reasons := consensus.Refusals()
	list := make([]store.Refusal, n)
	for i, c := range storetest.NewSigners(t, "n", 1).Certificates(t, n) {
		list[i] = store.Refusal{
			ID: c.ID, Observation: c.Observation, Reason: reasons[i%len(reasons)],
			At: c.Observation.Round.Start().Add(1500 * time.Millisecond),
		}
		if i%2 == 1 {
			list[i].Own = price.Quote{Pair: c.Observation.Pair, Price: c.Observation.Price, At: list[i].At.Add(-time.Second)}
		}
	}
	return list
}

// refusals returns what the journal answers, all of it readable.
func refusals(t *testing.T, j *store.Journal, q store.RefusalQuery) []store.Refusal {
	t.Helper()
	list, unreadable, err := j.Refusals(t.Context(), q)
	if err != nil || unreadable != 0 {
		t.Fatalf("Refusals(%v): %d unreadable, %v", q, unreadable, err)
	}
	return list
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "node.db")
	j := reopened(t, path, nil)
	if list := refusals(t, j, store.RefusalQuery{}); len(list) != 0 {
		t.Errorf("a new journal has %v", list)
	}
	all := someRefusals(t, 12)
	again := all[3]
	again.At = again.At.Add(time.Hour)
	other := all[4]
	other.Reason = consensus.RefusedNoPrice // after a restart without a price
	for _, part := range [][]store.Refusal{all[:5], {again}, nil, {other}, all} {
		if err := j.KeepRefusals(t.Context(), part); err != nil {
			t.Fatal(err)
		}
	}
	j = reopened(t, path, j)
	kept := slices.Concat(all[:5], []store.Refusal{other}, all[5:])
	slices.Reverse(kept)
	for name, c := range map[string]struct {
		query store.RefusalQuery
		want  func(store.Refusal) bool
	}{
		"all":       {store.RefusalQuery{}, func(store.Refusal) bool { return true }},
		"last":      {store.RefusalQuery{Limit: 1}, func(r store.Refusal) bool { return r == all[11] }},
		"id":        {store.RefusalQuery{ID: all[4].ID[:]}, func(r store.Refusal) bool { return r.ID == all[4].ID }},
		"prefix":    {store.RefusalQuery{ID: all[7].ID[:5]}, func(r store.Refusal) bool { return r == all[7] }},
		"pair":      {store.RefusalQuery{Pair: "BTC-USD"}, func(r store.Refusal) bool { return r.Observation.Pair == "BTC-USD" }},
		"round":     {store.RefusalQuery{Round: all[4].Observation.Round}, func(r store.Refusal) bool { return r.ID == all[4].ID }},
		"unknown":   {store.RefusalQuery{Round: 1}, func(store.Refusal) bool { return false }},
		"too long":  {store.RefusalQuery{ID: make([]byte, 40)}, func(store.Refusal) bool { return false }},
		"no number": {store.RefusalQuery{Round: 1 << 63}, func(store.Refusal) bool { return false }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var want []store.Refusal
			for _, r := range kept {
				if c.want(r) {
					want = append(want, r)
				}
			}
			if got := refusals(t, j, c.query); !reflect.DeepEqual(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

// TestRefusalsAreBounded moves the number of the last one up to the bound instead of writing as many.
func TestRefusalsAreBounded(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "node.db")
	j := reopened(t, path, nil)
	all := someRefusals(t, 5)
	if err := errors.Join(j.KeepRefusals(t.Context(), all[:4]), j.Close()); err != nil {
		t.Fatal(err)
	}
	statement("UPDATE refusals SET number = 100000 WHERE number = 4")(t, path)
	if store.MaxRefusals() != 100_000 {
		t.Fatal("the test is made for another bound")
	}
	j = reopened(t, path, nil)
	for _, want := range [][]store.Refusal{{all[4], all[3], all[2], all[1]}, {all[4], all[3], all[2], all[1]}} {
		if err := j.KeepRefusals(t.Context(), all[4:]); err != nil {
			t.Fatal(err)
		}
		if got := refusals(t, j, store.RefusalQuery{}); !reflect.DeepEqual(got, want) {
			t.Errorf("kept %v, want all but the first", got)
		}
	}
}

// TestRefusalsReadIsBounded wants an answer to be short, and Prune to forget by age and a few at a time.
func TestRefusalsReadIsBounded(t *testing.T) {
	t.Parallel()
	const limit, week = 500, 7 * 24 * time.Hour
	j := reopened(t, filepath.Join(t.TempDir(), "node.db"), nil)
	like := someRefusals(t, 1)[0]
	many := make([]store.Refusal, store.RefusalsPruned()+10)
	for i := range many {
		many[i] = like
		many[i].ID = signing.Digest{byte(i >> 8), byte(i)}
		many[i].At = like.At.Add(time.Duration(i) * time.Millisecond)
	}
	if err := j.KeepRefusals(t.Context(), many); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, -1, limit, limit + 1, 1 << 40} {
		if got := len(refusals(t, j, store.RefusalQuery{Limit: n})); got != limit {
			t.Errorf("limit %d: %d", n, got)
		}
	}
	young, old := consensus.Round(like.At.Add(week).Unix()), consensus.Round(like.At.Add(week+time.Minute).Unix())
	for _, c := range []struct {
		before consensus.Round
		want   int
	}{{young, limit}, {old, 10}, {old, 0}} {
		if err := j.Prune(t.Context(), c.before); err != nil {
			t.Fatal(err)
		}
		if got := len(refusals(t, j, store.RefusalQuery{})); got != c.want {
			t.Errorf("pruned before %d: %d left, want %d", c.before, got, c.want)
		}
	}
}

func TestRefusalsUnreadable(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "node.db")
	j := reopened(t, path, nil)
	all := someRefusals(t, 6)
	if err := errors.Join(j.KeepRefusals(t.Context(), all), j.Close()); err != nil {
		t.Fatal(err)
	}
	statement(`UPDATE refusals SET id = x'01' WHERE number = 1; UPDATE refusals SET own = x'00' WHERE number = 2;
		UPDATE refusals SET price = x'' WHERE number = 3; UPDATE refusals SET proposer = x'02' WHERE number = 5`)(t, path)
	list, unreadable, err := reopened(t, path, nil).Refusals(t.Context(), store.RefusalQuery{})
	if want := []store.Refusal{all[5], all[3]}; err != nil || unreadable != 4 || !reflect.DeepEqual(list, want) {
		t.Errorf("Refusals = %v, %d unreadable, %v; want the two others", list, unreadable, err)
	}
}
