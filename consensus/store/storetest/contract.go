package storetest

import (
	"slices"
	"testing"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
)

const network = "contract"

// Run checks the contract of store.Prices. fresh returns the URL of a new, empty store that is ready for use; every
// subtest asks for one of its own.
func Run(t *testing.T, fresh func(t *testing.T) string) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, string){
		"empty":         empty,
		"id":            id,
		"exact":         exact,
		"many signers":  manySigners,
		"read back":     readBack,
		"idempotent":    idempotent,
		"overlap":       overlap,
		"large":         large,
		"refused":       refused,
		"cancelled":     cancelled,
		"latest":        latest,
		"filter":        filter,
		"since until":   sinceUntil,
		"back":          back,
		"after":         after,
		"follow":        follow,
		"follow shown":  followShown,
		"follow writes": followWrites,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, fresh(t))
		})
	}
}

// open opens the store for the time of the test.
func open(t *testing.T, address string) store.Prices {
	t.Helper()
	prices, err := store.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := prices.Close(); err != nil {
			t.Error(err)
		}
	})
	return prices
}

func insert(t *testing.T, prices store.Prices, rows []consensus.Row) []signing.Digest {
	t.Helper()
	stored, err := prices.Insert(t.Context(), store.NewBatch(rows))
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

// everything returns all rows in the order in which they were stored.
func everything(t *testing.T, prices store.Prices, q store.Query) []consensus.Row {
	t.Helper()
	var all []consensus.Row
	var cursor store.Cursor
	for {
		rows, err := prices.After(t.Context(), q, cursor)
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) == 0 {
			return all
		}
		all, cursor = append(all, rows...), store.CursorAt(rows[len(rows)-1])
	}
}

// sortedIDs returns the ids of rows in order.
func sortedIDs(rows []consensus.Row) []signing.Digest {
	ids := make([]signing.Digest, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	return sorted(ids)
}

func sorted(ids []signing.Digest) []signing.Digest {
	ids = slices.Clone(ids)
	slices.SortFunc(ids, func(a, b signing.Digest) int { return slices.Compare(a[:], b[:]) })
	return ids
}
