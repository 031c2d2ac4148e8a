package store

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
)

// save makes a journal with what was salvaged, in which everything up to the watermark counts as signed.
func (s salvaged) save(ctx context.Context, path string, watermark int64, text string) (err error) {
	j, err := OpenJournal(ctx, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	err = j.update(ctx, "begin", func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "UPDATE watermark SET round = ?", watermark); err != nil {
			return err
		}
		return note(ctx, tx, text)
	})
	return errors.Join(err,
		j.Keep(ctx, slices.Collect(maps.Values(s.certificates))),
		j.KeepEvidence(ctx, slices.Collect(maps.Values(s.evidence))),
		j.SavePeers(ctx, s.peers),
		j.checkpoint(ctx))
}

// checkpoint brings all of the log into the file, which alone takes the damaged one's place: Close would not tell if it could
// not.
func (j *Journal) checkpoint(ctx context.Context) error {
	var busy, frames, moved int
	row := j.db.QueryRowContext(context.WithoutCancel(ctx), "PRAGMA wal_checkpoint(TRUNCATE)")
	if err := row.Scan(&busy, &frames, &moved); err != nil {
		return j.explain("complete", err)
	}
	if busy != 0 {
		return j.explain("complete", errors.New("the log is in use"))
	}
	return nil
}
