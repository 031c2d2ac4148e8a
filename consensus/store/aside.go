package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Aside is a certificate that waits for a person: the price store refuses it, or it can't be read.
type Aside struct {
	ID     []byte // 32 bytes, unless it is damaged
	Report []byte // as it travels
	Reason string
	At     time.Time // when it was set aside, by the clock of the machine
}

// SetAside takes certificates that the price store refuses out of the outbox, so that they neither hold up others nor are
// tried for ever. A note tells of each. Nothing leaves again but by Readmit: like the outbox they are bounded by the disk only,
// since each is a price with its quorum. Ids that are not in the outbox are no error.
func (j *Journal) SetAside(ctx context.Context, refused []RefusedRow) error {
	return j.update(ctx, "set certificates aside in", func(ctx context.Context, tx *sql.Tx) error {
		for _, row := range refused {
			if err := setAside(ctx, tx, row.ID[:], row.Reason); err != nil {
				return err
			}
		}
		return nil
	})
}

func setAside(ctx context.Context, tx *sql.Tx, id []byte, reason error) error {
	const move = `INSERT OR REPLACE INTO aside (id, lastsigned, signers, report, sum, reason)
		SELECT id, lastsigned, signers, report, sum, ?2 FROM outbox WHERE id = ?1`
	moved, err := tx.ExecContext(ctx, move, id, reason.Error())
	if err != nil {
		return err
	}
	if n, err := moved.RowsAffected(); err != nil || n == 0 {
		return err
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM outbox WHERE id = ?", id); err != nil {
		return err
	}
	return note(ctx, tx, fmt.Sprintf("certificate 0x%x is set aside and not written: %v; the journal keeps it: "+
		"see 'gossip-price aside --help'", id, reason))
}

// damagedEntry is an entry of the outbox that can't be read.
type damagedEntry struct {
	id     []byte
	reason error
}

func setAllAside(ctx context.Context, tx *sql.Tx, unreadable []damagedEntry) (err error) {
	for _, u := range unreadable {
		err = errors.Join(err, setAside(ctx, tx, u.id, u.reason))
	}
	return err
}

// Aside returns the certificates that are set aside, the last first, at most limit.
func (j *Journal) Aside(ctx context.Context, limit int) (list []Aside, err error) {
	err = j.query(ctx, "read certificates set aside in", func(rows *sql.Rows) error {
		var a Aside
		var since int64
		if err := rows.Scan(&a.ID, &a.Report, &a.Reason, &since); err != nil {
			return err
		}
		a.At = time.UnixMilli(since).UTC()
		list = append(list, a)
		return nil
	}, "SELECT id, report, reason, since FROM aside ORDER BY number DESC LIMIT ?", max(limit, 0))
	if err != nil {
		return nil, err
	}
	return list, nil
}

// Readmit puts all certificates that are set aside back into the outbox, for once the price store takes them, and returns
// how many. What is still refused, or can't be read, is set aside again.
func (j *Journal) Readmit(ctx context.Context) (count int, err error) {
	err = j.update(ctx, "readmit certificates to", func(ctx context.Context, tx *sql.Tx) error {
		const back = `INSERT INTO outbox (id, lastsigned, signers, report, sum)
			SELECT id, lastsigned, signers, report, sum FROM aside WHERE true ON CONFLICT DO NOTHING`
		if _, err := tx.ExecContext(ctx, back); err != nil {
			return err
		}
		gone, err := tx.ExecContext(ctx, "DELETE FROM aside")
		if err != nil {
			return err
		}
		n, err := gone.RowsAffected()
		count = int(n)
		return err
	})
	return count, err
}
