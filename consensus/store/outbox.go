package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// Keep puts certificates into the outbox and, in the same transaction, into the archive. One with more attestations takes
// the place of the one that is there; one with as many or fewer changes nothing. Nothing leaves the outbox but by Drop and
// SetAside: its size is bounded by the disk only, since no price may be lost while a price store is away. What leaves the
// archive is told by PruneArchive and Reports.
func (j *Journal) Keep(ctx context.Context, certificates []consensus.Certificate) error {
	return j.update(ctx, "write certificates to", func(ctx context.Context, tx *sql.Tx) error {
		outbox, err := tx.PrepareContext(ctx, upsertOutbox)
		if err != nil {
			return err
		}
		defer outbox.Close()
		archive, err := tx.PrepareContext(ctx, upsertArchived)
		if err != nil {
			return err
		}
		defer archive.Close()
		for _, c := range certificates {
			report, err := encode(c)
			if err != nil {
				return err
			}
			if _, err := outbox.ExecContext(ctx, outboxValues(c, report)...); err != nil {
				return err
			}
			if _, err := archive.ExecContext(ctx, archivedValues(c, report)...); err != nil {
				return err
			}
		}
		return nil
	})
}

const upsertOutbox = `INSERT INTO outbox (id, lastsigned, signers, report, sum) VALUES (?, ?, ?, ?, ?)
	ON CONFLICT (id) DO UPDATE SET lastsigned = excluded.lastsigned, signers = excluded.signers,
		report = excluded.report, sum = excluded.sum
	WHERE excluded.signers > signers`

func outboxValues(c consensus.Certificate, report []byte) []any {
	return []any{c.ID[:], c.LastSigned.UnixMilli(), len(c.Attestations), report, sumOf(report)}
}

// Entry is a certificate of the outbox without its content.
type Entry struct {
	ID         signing.Digest
	LastSigned time.Time
}

// Outbox lists the certificates whose last attestation came at the given time or earlier, the oldest first, at most limit.
// Those whose id can't be read are set aside.
func (j *Journal) Outbox(ctx context.Context, before time.Time, limit int) (list []Entry, err error) {
	err = j.update(ctx, "list certificates in", func(ctx context.Context, tx *sql.Tx) error {
		unreadable, err := readEntries(ctx, tx, &list, before, limit)
		return errors.Join(err, setAllAside(ctx, tx, unreadable))
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

func readEntries(
	ctx context.Context, tx *sql.Tx, list *[]Entry, before time.Time, limit int,
) (unreadable []damagedEntry, err error) {
	const query = "SELECT id, lastsigned FROM outbox WHERE lastsigned <= ? ORDER BY lastsigned, id LIMIT ?"
	rows, err := tx.QueryContext(ctx, query, before.UnixMilli(), max(limit, 0))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var id []byte
		var millis int64
		if err := rows.Scan(&id, &millis); err != nil {
			return nil, err
		}
		if err := checkID(id); err != nil {
			unreadable = append(unreadable, damagedEntry{id, err})
			continue
		}
		*list = append(*list, Entry{signing.Digest(id), time.UnixMilli(millis).UTC()})
	}
	return unreadable, rows.Err()
}

// Drop takes certificates out of the outbox, once a price store has confirmed them. Ids that are not there are no
// error.
func (j *Journal) Drop(ctx context.Context, ids []signing.Digest) error {
	return j.update(ctx, "drop certificates from", func(ctx context.Context, tx *sql.Tx) error {
		for some := range slices.Chunk(ids, maxNamed) {
			if _, err := tx.ExecContext(ctx, "DELETE FROM outbox WHERE id IN "+marks(len(some)), values(some)...); err != nil {
				return err
			}
		}
		return nil
	})
}

// Backlog returns how many certificates the outbox holds, and when the oldest of them got its last attestation; the zero
// time if it holds none.
func (j *Journal) Backlog(ctx context.Context) (count int, oldest time.Time, err error) {
	err = j.update(ctx, "count certificates in", func(ctx context.Context, tx *sql.Tx) error {
		var millis sql.NullInt64
		err := tx.QueryRowContext(ctx, "SELECT count(*), min(lastsigned) FROM outbox").Scan(&count, &millis)
		if millis.Valid {
			oldest = time.UnixMilli(millis.Int64).UTC()
		}
		return err
	})
	return count, oldest, err
}
