package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/global"
)

// MaxEvidence bounds the evidence that the journal keeps.
const MaxEvidence = 4096

// KeepEvidence keeps evidence, the first for each proposer, pair and round: what comes for a place later changes
// nothing. Of more than MaxEvidence the oldest rounds of whoever has the most go first, so that nobody can hide the
// faults of others behind many of its own. Evidence over global.MaxEvidenceBytes wraps global.ErrMalformed. Prune leaves
// all of it.
func (j *Journal) KeepEvidence(ctx context.Context, evidence []consensus.Evidence) error {
	return j.update(ctx, "write evidence to", func(ctx context.Context, tx *sql.Tx) error {
		const insert = `INSERT INTO evidence (proposer, pair, round, evidence) VALUES (?, ?, ?, ?)
			ON CONFLICT DO NOTHING`
		for _, e := range evidence {
			proposer, o, encoded := e.Proposer(), e.First.Observation, e.Encode()
			if len(encoded) > global.MaxEvidenceBytes {
				return fmt.Errorf("evidence against %s: %w: %d bytes", proposer, global.ErrMalformed, len(encoded))
			}
			_, err := tx.ExecContext(ctx, insert, proposer[:], string(o.Pair), number(o.Round), encoded)
			if err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM evidence WHERE rowid IN (
			SELECT rowid FROM (
				SELECT rowid, round, row_number() OVER (PARTITION BY proposer ORDER BY round DESC, pair) AS nth FROM evidence)
			ORDER BY nth DESC, round LIMIT max(0, (SELECT count(*) FROM evidence) - ?))`, MaxEvidence)
		return err
	})
}

// Evidence returns kept evidence of all networks, the newest rounds first, at most limit. Entries that this version
// can't read are left out and counted: one bad entry must not hide the others.
func (j *Journal) Evidence(
	ctx context.Context, limit int,
) (list []consensus.Evidence, unreadable int, err error) {
	err = j.query(ctx, "read evidence from", func(rows *sql.Rows) error {
		var encoded []byte
		if err := rows.Scan(&encoded); err != nil {
			return err
		}
		e, err := consensus.DecodeEvidence(encoded)
		if err != nil {
			unreadable++
			return nil //nolint:nilerr // counted
		}
		list = append(list, e)
		return nil
	}, "SELECT evidence FROM evidence ORDER BY round DESC, pair, proposer LIMIT ?", max(limit, 0))
	if err != nil {
		return nil, 0, err
	}
	return list, unreadable, nil
}
