package store

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

// A log that held the last signature is damaged, and the start that finds it is interrupted, after which SQLite has dropped
// the log. The next start knows of it all the same, and signs nothing else for the place.
func TestDoubtOutlivesAnInterruptedStart(t *testing.T) {
	t.Parallel()
	place := consensus.RoundAt(time.Now(), time.Minute)
	file, log := damagedLog(t, place)
	for _, after := range []time.Duration{0, 8 * time.Millisecond, 25 * time.Millisecond, 60 * time.Millisecond, time.Minute} {
		path := filepath.Join(t.TempDir(), "node.db")
		for name, content := range map[string][]byte{path: file, path + "-wal": log} {
			if err := os.WriteFile(name, content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		interrupted, cancel := context.WithTimeout(t.Context(), after)
		if j, err := OpenJournal(interrupted, path); err == nil {
			if err := j.Close(); err != nil {
				t.Fatal(err)
			}
		}
		cancel()
		j, err := OpenJournal(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		if err := j.Cosign(t.Context(), signing.Address{1}, "BTC-USD", place, signing.Digest{2}); !errors.Is(err, global.ErrDoubleSign) {
			t.Errorf("first start ended after %s: another digest is signed: %v", after, err)
		}
		if _, err := os.Stat(doubtFile(path)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("first start ended after %s: the doubt is not settled: %v", after, err)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// damagedLog returns a journal that takes a while to check, and its log with a flipped bit in the one frame that has the
// signature for the place.
func damagedLog(t *testing.T, place consensus.Round) (file, log []byte) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "node.db")
	fill := func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c WHERE x < 60000)
			INSERT INTO cosignatures SELECT CAST(printf('%020d', x) AS BLOB), 'BTC-USD', 60, zeroblob(32) FROM c`)
		return err
	}
	sign := func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO cosignatures VALUES (?, 'BTC-USD', ?, zeroblob(32))",
			append([]byte{1}, make([]byte, 19)...), number(place))
		return err
	}
	for i, do := range []func(context.Context, *sql.Tx) error{fill, sign} {
		j, err := OpenJournal(t.Context(), path)
		if err == nil {
			err = j.update(t.Context(), "write to", do)
		}
		if err != nil {
			t.Fatal(err)
		}
		if i == 1 { // before Close moves the log into the file
			if file, err = os.ReadFile(path); err == nil {
				log, err = os.ReadFile(path + "-wal")
			}
		}
		if err := errors.Join(err, j.Close()); err != nil {
			t.Fatal(err)
		}
	}
	log[walHeader+frameHeader+100] ^= 1
	return file, log
}
