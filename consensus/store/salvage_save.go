package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// into makes a journal with what can be salvaged, in which everything up to the highest round counts as signed, and with a
// note, which is asked for in the end.
func (s *salvage) into(ctx context.Context, path string, text func() string) (err error) {
	j, err := OpenJournal(ctx, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	if err := s.take(ctx, j); err != nil {
		return err
	}
	if s.certificates, _, err = j.Backlog(ctx); err != nil {
		return err
	}
	err = j.update(ctx, "begin", func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "UPDATE watermark SET round = ?", s.round); err != nil {
			return err
		}
		for _, t := range s.terms {
			if err := putTerm(ctx, tx, t.signers, t.quorum, t.until); err != nil {
				return err
			}
		}
		return note(ctx, tx, text())
	})
	return errors.Join(err,
		j.KeepEvidence(ctx, slices.Collect(maps.Values(s.evidence))),
		j.SavePeers(ctx, s.peers),
		j.checkpoint(ctx))
}

// note is what the new journal tells.
func (s *salvage) note(aside string, cause error) string {
	return fmt.Sprintf("the journal was damaged (%s): it is kept as %s, and a new one is in its place. Brought over: %d certificates "+
		"that wait for the price store, %d proofs of fault, %d known peers. Lost: certificates that could not be read and that no other "+
		"node holds, refusals, and what was signed; so this node proposes and co-signs nothing for rounds up to %s. "+
		"Check the disk; see docs/reliability.md, Damaged journal",
		found(cause), aside, s.certificates, len(s.evidence), len(s.peers), stamp(s.round))
}

func stamp(watermark int64) string { return time.Unix(watermark, 0).UTC().Format(time.RFC3339) }

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
