package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

// maxWaiting bounds the certificates that Waiting returns.
const maxWaiting = 4096

// Keep puts certificates into the outbox. One with more attestations takes the place of the one that is there; one with
// as many or fewer changes nothing. Nothing leaves the outbox but by Drop: its size is bounded by the disk only, since
// no price may be lost while a price store is away.
func (j *Journal) Keep(ctx context.Context, certificates []consensus.Certificate) error {
	return j.update(ctx, "write certificates to", func(ctx context.Context, tx *sql.Tx) error {
		const upsert = `INSERT INTO outbox (id, lastsigned, signers, report) VALUES (?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE
			SET lastsigned = excluded.lastsigned, signers = excluded.signers, report = excluded.report
			WHERE excluded.signers > signers`
		for _, c := range certificates {
			report := c.Encode()
			if len(report) > global.MaxReportBytes {
				return fmt.Errorf("certificate %s: %w: %d bytes", c.ID, global.ErrMalformed, len(report))
			}
			_, err := tx.ExecContext(ctx, upsert, c.ID[:], c.LastSigned.UnixMilli(), len(c.Attestations), report)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Due returns the certificates whose last attestation came at the given time or earlier, the oldest first, at most
// limit.
func (j *Journal) Due(ctx context.Context, before time.Time, limit int) ([]consensus.Certificate, error) {
	return j.certificates(ctx, `SELECT id, lastsigned, report FROM outbox
		WHERE lastsigned <= ? ORDER BY lastsigned, id LIMIT ?`, before.UnixMilli(), max(limit, 0))
}

// Waiting returns the certificates of the outbox, the oldest first: of more than maxWaiting the newest.
func (j *Journal) Waiting(ctx context.Context) ([]consensus.Certificate, error) {
	waiting, err := j.certificates(ctx, `SELECT id, lastsigned, report FROM outbox
		ORDER BY lastsigned DESC, id DESC LIMIT ?`, maxWaiting)
	slices.Reverse(waiting)
	return waiting, err
}

// Drop takes certificates out of the outbox, once a price store has confirmed them. Ids that are not there are no
// error.
func (j *Journal) Drop(ctx context.Context, ids []signing.Digest) error {
	return j.update(ctx, "drop certificates from", func(ctx context.Context, tx *sql.Tx) error {
		for _, id := range ids {
			if _, err := tx.ExecContext(ctx, "DELETE FROM outbox WHERE id = ?", id[:]); err != nil {
				return err
			}
		}
		return nil
	})
}

// certificates runs a query for id, lastsigned and report.
func (j *Journal) certificates(
	ctx context.Context, query string, arguments ...any,
) (list []consensus.Certificate, err error) {
	err = j.query(ctx, "read certificates from", func(rows *sql.Rows) error {
		var id, report []byte
		var millis int64
		if err := rows.Scan(&id, &millis, &report); err != nil {
			return err
		}
		c, err := newCertificate(id, millis, report)
		if err != nil {
			return fmt.Errorf("certificate %x: %w", id, err)
		}
		list = append(list, c)
		return nil
	}, query, arguments...)
	if err != nil {
		return nil, err
	}
	return list, nil
}

func newCertificate(id []byte, millis int64, report []byte) (consensus.Certificate, error) {
	r, err := consensus.DecodeReport(report)
	if err == nil && len(id) != len(signing.Digest{}) {
		err = fmt.Errorf("%w: id of %d bytes", global.ErrMalformed, len(id))
	}
	if err != nil {
		return consensus.Certificate{}, err
	}
	return consensus.Certificate{
		ID: signing.Digest(id), Report: r, LastSigned: time.UnixMilli(millis).UTC(),
	}, nil
}
