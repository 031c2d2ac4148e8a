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
		_, err := i.insert(NewBatch(given))
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
		if calls > 2*maxSiftCalls+MaxCompared+3 {
			t.Fatalf("%d writes", calls)
		}
	})
}

// Where the store takes none of the oldest rows but one of the newest, the refused ones are told apart, Insert by Insert,
// until all others are stored, though bad ones come first by their ids.
func TestInserterComparesWithTheNewest(t *testing.T) {
	t.Parallel()
	rows := someRows(t, 300)
	rapid.Check(t, func(t *rapid.T) {
		given := slices.Clone(rows[:rapid.IntRange(MaxCompared+1, len(rows)).Draw(t, "rows")])
		good := rapid.IntRange(1, MaxCompared).Draw(t, "good")
		for i := range given {
			given[i].LastSignedTime = time.Unix(int64(i), 0)
		}
		bad := make(map[string]bool)
		for _, r := range given[:len(given)-good] {
			bad[r.ID.String()] = true
		}
		for inserts := 0; ; inserts++ {
			if inserts > len(rows) {
				t.Fatalf("%d rows after %d inserts", len(given), inserts)
			}
			i := inserter{
				ofRow: func(err error) bool { return errors.Is(err, errBadRow) },
				write: func(batch []record) ([]signing.Digest, error) {
					if slices.ContainsFunc(batch, func(r record) bool { return bad[r.id] }) {
						return nil, errBadRow
					}
					return nil, nil
				},
			}
			_, err := i.insert(NewBatch(given))
			if err == nil {
				break
			}
			refused, some := errors.AsType[*RefusedError](err)
			if !some {
				t.Fatalf("%d bad and %d good rows: %v", len(given)-good, good, err)
			}
			given = slices.DeleteFunc(given, func(r consensus.Row) bool {
				return slices.ContainsFunc(refused.Rows, func(b RefusedRow) bool { return b.ID == r.ID })
			})
		}
		if len(given) != good {
			t.Fatalf("%d left of %d good rows", len(given), good)
		}
	})
}
