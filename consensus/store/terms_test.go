package store_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// A journal knows by which rosters and quorums its certificates were taken, the last ones.
func TestTerms(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "node.db")
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	one, two := consensus.NewRoster(signing.Address{1}), consensus.NewRoster(signing.Address{2}, signing.Address{1})
	j := reopened(t, path, nil)
	begin := func(roster consensus.Roster, quorum int) []consensus.Term {
		t.Helper()
		now = now.Add(time.Hour)
		former, err := j.Begin(t.Context(), roster, quorum, now)
		if err != nil {
			t.Fatal(err)
		}
		return former
	}
	for range 2 { // a restart with the same settings ends no term
		if former := begin(one, 1); len(former) > 0 {
			t.Errorf("a new journal has %v", former)
		}
		j = reopened(t, path, j)
	}
	former := begin(two, 2)
	if len(former) != 1 || former[0].Quorum != 1 || former[0].Roster.Size() != 1 || !former[0].Until.Equal(now) {
		t.Errorf("after a change: %+v", former)
	}
	if former = begin(consensus.NewRoster(), 2); len(former) != 2 || former[0].Roster.Size() != 2 || former[1].Roster.Size() != 1 {
		t.Errorf("after another: %+v", former)
	}
	if former = begin(one, 1); len(former) != 2 || !former[0].Roster.Open() || former[1].Roster.Size() != 2 {
		t.Errorf("after going back: %+v", former)
	}
	for quorum := range 40 {
		former = begin(two, 3+quorum)
	}
	if len(former) != 16 || former[0].Quorum != 41 || former[15].Quorum != 26 {
		t.Errorf("after 40 changes: %d terms, %+v", len(former), former)
	}
}
