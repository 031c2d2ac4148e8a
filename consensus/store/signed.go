package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/global/price"
)

// What is written most often is prepared once: SQLite takes as long to read such a statement as to run it.
const (
	insertProposal = `INSERT INTO proposals (pair, round, report)
		SELECT ?1, ?2, ?3 FROM watermark WHERE ?2 > round ON CONFLICT DO NOTHING`
	insertCosignature = `INSERT INTO cosignatures (proposer, pair, round, id)
		SELECT ?1, ?2, ?3, ?4 FROM watermark WHERE ?3 > round ON CONFLICT DO NOTHING`
)

// prepare prepares them.
func (j *Journal) prepare(ctx context.Context) (err error) {
	if j.insertProposal, err = j.db.PrepareContext(ctx, insertProposal); err != nil {
		return err
	}
	j.insertCosignature, err = j.db.PrepareContext(ctx, insertCosignature)
	return err
}

// insert tells whether a statement has written a row.
func insert(ctx context.Context, statement *sql.Stmt, arguments ...any) (fresh bool, err error) {
	result, err := statement.ExecContext(ctx, arguments...)
	if err != nil {
		return false, err
	}
	rows, err := result.RowsAffected()
	return rows > 0, err
}

// Propose keeps the encoded report as this node's proposal for the pair and round, unless one is kept already, and
// returns the one that is kept: only that may be published, so a restart can't lead to a second one (section 3.3). A
// round at or below the watermark of which nothing is kept wraps global.ErrDoubleSign, a report over
// global.MaxReportBytes global.ErrMalformed.
func (j *Journal) Propose(
	ctx context.Context, pair price.Pair, round consensus.Round, report []byte,
) (kept []byte, err error) {
	if len(report) == 0 || len(report) > global.MaxReportBytes {
		return nil, fmt.Errorf("propose: %w: report of %d bytes", global.ErrMalformed, len(report))
	}
	err = j.together(ctx, "write proposal to", func(ctx context.Context, tx *sql.Tx) error {
		fresh, err := insert(ctx, tx.StmtContext(ctx, j.insertProposal), string(pair), number(round), report)
		if fresh {
			kept = report
		}
		if fresh || err != nil {
			return err
		}
		if kept, err = proposal(ctx, tx, pair, round); err == nil && kept == nil {
			err = fmt.Errorf("%w: %s round %d is over", global.ErrDoubleSign, pair, round)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return kept, nil
}

// Proposal returns this node's encoded report for the pair and round, or nil if none is kept.
func (j *Journal) Proposal(ctx context.Context, pair price.Pair, round consensus.Round) (report []byte, err error) {
	err = j.together(ctx, "read proposal from", func(ctx context.Context, tx *sql.Tx) (err error) {
		report, err = proposal(ctx, tx, pair, round)
		return err
	})
	return report, err
}

func proposal(ctx context.Context, tx *sql.Tx, pair price.Pair, round consensus.Round) (report []byte, err error) {
	const query = "SELECT report FROM proposals WHERE pair = ? AND round = ?"
	err = tx.QueryRowContext(ctx, query, string(pair), number(round)).Scan(&report)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return report, err
}

// Cosign remembers that this node co-signs the id of the proposer for the pair and round; it may sign once this has
// returned nil, which it does again for the same id. Where another id is kept, or the round is at or below the
// watermark and this id is not kept, the error wraps global.ErrDoubleSign.
func (j *Journal) Cosign(
	ctx context.Context, proposer signing.Address, pair price.Pair, round consensus.Round, id signing.Digest,
) error {
	return j.together(ctx, "write co-signature to", func(ctx context.Context, tx *sql.Tx) error {
		fresh, err := insert(ctx, tx.StmtContext(ctx, j.insertCosignature), proposer[:], string(pair), number(round), id[:])
		if fresh || err != nil {
			return err
		}
		var kept []byte
		const query = "SELECT id FROM cosignatures WHERE proposer = ? AND pair = ? AND round = ?"
		err = tx.QueryRowContext(ctx, query, proposer[:], string(pair), number(round)).Scan(&kept)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return fmt.Errorf("%w: %s round %d is over", global.ErrDoubleSign, pair, round)
		case err != nil:
			return err
		case !bytes.Equal(kept, id[:]):
			return fmt.Errorf("%w: %s round %d of %s: signed %x", global.ErrDoubleSign, pair, round, proposer, kept)
		}
		return nil
	})
}

// Prune forgets the proposals and co-signatures of the rounds before the given one, and moves the watermark to the last
// round of which something was forgotten, never backwards: of later rounds everything that was signed is still there. So a
// clock that was far ahead for a while costs no round. What is kept is bounded by how often this is called and by the
// proposers of a pair and round: the roster, or global.MaxOpenProposers. It also forgets refusals, those of more than
// 7 days before the round, some at each call.
func (j *Journal) Prune(ctx context.Context, before consensus.Round) error {
	return j.update(ctx, "prune", func(ctx context.Context, tx *sql.Tx) error {
		for _, statement := range []string{
			`UPDATE watermark SET round = max(round, coalesce((SELECT max(signed) FROM (
				SELECT round AS signed FROM proposals UNION ALL SELECT round FROM cosignatures) WHERE signed < ?), 0))`,
			"DELETE FROM proposals WHERE round < ?",
			"DELETE FROM cosignatures WHERE round < ?",
		} {
			if _, err := tx.ExecContext(ctx, statement, number(before)); err != nil {
				return err
			}
		}
		return pruneRefusals(ctx, tx, before.Start().Add(-refusalsAge))
	})
}

// number returns the round as SQLite has integers. A round beyond them becomes one that is always over.
func number(r consensus.Round) int64 {
	if r > math.MaxInt64 {
		return 0
	}
	return int64(r)
}
