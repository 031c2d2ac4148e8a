package store_test

import (
	"errors"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/consensus/store/storetest"
)

// The archive tells what it has of a round, and which of it still waits for the price store.
func TestRecorded(t *testing.T) {
	t.Parallel()
	j := reopened(t, filepath.Join(t.TempDir(), "node.db"), nil)
	all := storetest.NewSigners(t, "n", 3).Certificates(t, 20)
	if err := errors.Join(j.Keep(t.Context(), all), j.Drop(t.Context(), idsOf(all[:12]))); err != nil {
		t.Fatal(err)
	}
	recorded := func(q store.RecordedQuery) []store.Recorded {
		t.Helper()
		list, unreadable, err := j.Recorded(t.Context(), q)
		if err != nil || unreadable > 0 {
			t.Fatalf("%+v: %d unreadable, %v", q, unreadable, err)
		}
		return list
	}
	got := recorded(store.RecordedQuery{})
	if len(got) != len(all) || !slices.IsSortedFunc(got, func(a, b store.Recorded) int {
		return int(b.Observation.Round) - int(a.Observation.Round) //nolint:gosec // small
	}) {
		t.Errorf("%d certificates, want %d, the newest rounds first", len(got), len(all))
	}
	for i, c := range all {
		one := recorded(store.RecordedQuery{ID: c.ID[:4]})
		want := []store.Recorded{{Certificate: c, Stored: i < 12}}
		if !reflect.DeepEqual(one, want) {
			t.Errorf("certificate %d: %+v, want %+v", i, one, want)
		}
		of := recorded(store.RecordedQuery{Round: c.Observation.Round})
		if !slices.ContainsFunc(of, func(r store.Recorded) bool { return r.ID == c.ID }) ||
			slices.ContainsFunc(of, func(r store.Recorded) bool { return r.Observation.Round != c.Observation.Round }) {
			t.Errorf("certificate %d is not in its round, or others are", i)
		}
	}
	if n := len(recorded(store.RecordedQuery{Limit: 7})); n != 7 {
		t.Errorf("%d of 7", n)
	}
	if n := len(recorded(store.RecordedQuery{ID: []byte{0xfe, 0xfe, 0xfe, 0xfe, 0xfe}})) + len(recorded(store.RecordedQuery{Round: 1})); n != 0 {
		t.Errorf("%d of what is not there", n)
	}
}

// What was damaged on the disk is left out and counted.
func TestRecordedDamaged(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "node.db")
	j := reopened(t, path, nil)
	all := storetest.NewSigners(t, "n", 3).Certificates(t, 3)
	if err := errors.Join(j.Keep(t.Context(), all), j.Close()); err != nil {
		t.Fatal(err)
	}
	statement("UPDATE archive SET sum = sum + 1 WHERE id = (SELECT min(id) FROM archive)")(t, path)
	j = reopened(t, path, nil)
	list, unreadable, err := j.Recorded(t.Context(), store.RecordedQuery{})
	if err != nil || unreadable != 1 || len(list) != 2 {
		t.Errorf("%d certificates, %d unreadable, %v", len(list), unreadable, err)
	}
}
