package store

import (
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

var (
	errBadRow = errors.New("bad row")
	errAway   = errors.New("away")
)

// someRows returns rows that differ, without signatures.
func someRows(t testing.TB, n int) []consensus.Row {
	t.Helper()
	one, err := price.Parse("1")
	if err != nil {
		t.Fatal(err)
	}
	rows := make([]consensus.Row, n)
	for i := range rows {
		o := consensus.Observation{
			Pair: "A-B", Price: one, Round: consensus.Round(60 * (i + 1)), ObservedAt: consensus.Millis(60_000 * (i + 1)),
		}
		c := consensus.Certificate{
			ID: o.Digest(signing.NewDomain("n")), Report: consensus.Report{Network: "n", Observation: o}, LastSigned: time.Unix(9, 0),
		}
		rows[i] = c.Row()
	}
	return rows
}

// Whatever rows are bad, and whenever the store goes away: only bad ones are refused, each good one is stored or there is a
// reason why not, a store that takes nothing is not blamed on rows, and the writes are bounded.
func TestInserter(t *testing.T) {
	t.Parallel()
	rows := someRows(t, 1100)
	rapid.Check(t, func(t *rapid.T) {
		given := rows[:rapid.IntRange(0, len(rows)).Draw(t, "rows")]
		bad := make(map[string]bool)
		for range rapid.IntRange(0, 20).Draw(t, "bad") {
			if len(given) > 0 {
				bad[given[rapid.IntRange(0, len(given)-1).Draw(t, "which")].ID.String()] = true
			}
		}
		calls, away := 0, rapid.IntRange(0, 300).Draw(t, "away after")
		stored := make(map[string]bool)
		i := inserter{
			ofRow: func(err error) bool { return errors.Is(err, errBadRow) },
			write: func(batch []record) (ids []signing.Digest, err error) {
				if calls++; calls > away {
					return nil, errAway
				}
				if slices.ContainsFunc(batch, func(r record) bool { return bad[r.id] }) {
					return nil, errBadRow
				}
				for _, r := range batch {
					stored[r.id] = true
				}
				return ids, nil
			},
		}
		_, err := i.insert(given)
		refused, some := errors.AsType[*RefusedError](err)
		whole := err == nil || some && refused.Rest == nil
		if some {
			for _, r := range refused.Rows {
				if !bad[r.ID.String()] || len(stored) == 0 {
					t.Fatalf("refused %s, with %d stored", r.ID, len(stored))
				}
			}
		}
		if whole && len(stored)+len(bad) != len(given) || whole && some && len(refused.Rows) != len(bad) {
			t.Fatalf("stored %d of %d with %d bad: %v", len(stored), len(given), len(bad), err)
		}
		if !whole && len(bad) == 0 && calls <= away {
			t.Fatalf("failed for nothing: %v", err)
		}
		if calls > 2*maxSiftCalls+3 {
			t.Fatalf("%d writes", calls)
		}
	})
}
