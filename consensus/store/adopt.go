package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/gossip-price/gossip-price/consensus"
)

// adoption is what Adopt does for each certificate, prepared: a node that was away for a day adopts tens of thousands, and
// signing waits for each transaction.
type adoption struct{ insert, keep, rival *sql.Stmt }

func prepareAdoption(ctx context.Context, tx *sql.Tx) (a adoption, err error) {
	for _, p := range []struct {
		statement **sql.Stmt
		query     string
	}{
		{&a.insert, insertArchived + "DO NOTHING"},
		{&a.keep, upsertOutbox},
		{&a.rival, "SELECT report FROM archive WHERE round = ? AND pair = ? AND proposer = ? AND id <> ? LIMIT 1"},
	} {
		if *p.statement, err = tx.PrepareContext(ctx, p.query); err != nil { //nolint:sqlclosecheck // close closes them
			a.close()
			return adoption{}, err
		}
	}
	return a, nil
}

func (a adoption) close() {
	for _, s := range []*sql.Stmt{a.insert, a.keep, a.rival} {
		if s != nil {
			_ = s.Close()
		}
	}
}

// adopt keeps a certificate unless the archive has it. It tells whether it had not, and which other one has its place.
func (a adoption) adopt(ctx context.Context, c consensus.Certificate) (added bool, rival *consensus.Report, err error) {
	report, err := encode(c)
	if err != nil {
		return false, nil, err
	}
	inserted, err := a.insert.ExecContext(ctx, archivedValues(c, report)...)
	if err != nil {
		return false, nil, err
	}
	if n, err := inserted.RowsAffected(); err != nil || n == 0 {
		return false, nil, err
	}
	if _, err := a.keep.ExecContext(ctx, outboxValues(c, report)...); err != nil {
		return false, nil, err
	}
	rival, err = a.rivalOf(ctx, c)
	return true, rival, err
}

// rivalOf returns the report of another certificate at the place of this one, or nil.
func (a adoption) rivalOf(ctx context.Context, c consensus.Certificate) (*consensus.Report, error) {
	o := c.Observation
	var report []byte
	err := a.rival.QueryRowContext(ctx, number(o.Round), string(o.Pair), o.Proposer[:], c.ID[:]).Scan(&report)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	r, err := consensus.DecodeReport(report)
	if err != nil {
		return nil, nil //nolint:nilerr // damaged on the disk: Reports finds and forgets it
	}
	return &r, nil
}
