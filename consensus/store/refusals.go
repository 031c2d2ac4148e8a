package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

const (
	// maxRefusals bounds the refusals that the journal keeps: the last ones.
	maxRefusals = 100_000
	// refusalsAge is how long they are kept beyond what was signed.
	refusalsAge = 7 * 24 * time.Hour
	// refusalsPruned bounds the refusals that one call of Prune forgets, so that signing does not wait for it.
	refusalsPruned = 2000
)

// Refusal is what a node did not co-sign, and why.
type Refusal struct {
	ID          signing.Digest // of the observation
	Observation consensus.Observation
	Reason      consensus.Refusal
	Own         price.Quote // the node's own price; zero if there was none
	At          time.Time   // by the node's own clock; kept in milliseconds, as Own.At is
}

// KeepRefusals keeps refusals, one for each id and reason: after a restart a node may refuse again. Of more than 100,000
// the last are kept.
func (j *Journal) KeepRefusals(ctx context.Context, refusals []Refusal) error {
	return j.update(ctx, "write refusals to", func(ctx context.Context, tx *sql.Tx) error {
		const insert = `INSERT INTO refusals
			(id, reason, pair, price, round, observed, proposer, own, fetched, refused)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
		for _, r := range refusals {
			var own, fetched any
			if !r.Own.Price.IsZero() {
				own, fetched = r.Own.Price.Bytes(), r.Own.At.UnixMilli()
			}
			o := r.Observation
			_, err := tx.ExecContext(ctx, insert, r.ID[:], string(r.Reason), string(o.Pair), o.Price.Bytes(),
				number(o.Round), int64(o.ObservedAt), o.Proposer[:], own, fetched, r.At.UnixMilli())
			if err != nil {
				return fmt.Errorf("refusal of %s: %w", r.ID, err)
			}
		}
		const trim = "DELETE FROM refusals WHERE number <= (SELECT max(number) FROM refusals) - ?"
		_, err := tx.ExecContext(ctx, trim, maxRefusals)
		return err
	})
}

// pruneRefusals forgets some of the refusals before an instant, the oldest first.
func pruneRefusals(ctx context.Context, tx *sql.Tx, before time.Time) error {
	const remove = `DELETE FROM refusals
		WHERE refused < ? AND number IN (SELECT number FROM refusals ORDER BY number LIMIT ?)`
	_, err := tx.ExecContext(ctx, remove, before.UnixMilli(), refusalsPruned)
	return err
}
