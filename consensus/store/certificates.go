package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

// maxWaiting bounds the certificates that Waiting returns.
const maxWaiting = 4096

// Certificates returns those of the ids that the outbox holds, in the order of the ids, of which none comes twice. Those that
// can't be read are set aside.
func (j *Journal) Certificates(ctx context.Context, ids []signing.Digest) (list []consensus.Certificate, err error) {
	err = j.update(ctx, "read certificates from", func(ctx context.Context, tx *sql.Tx) error {
		for some := range slices.Chunk(ids, maxNamed) {
			query := "SELECT id, lastsigned, report, sum FROM outbox WHERE id IN " + marks(len(some))
			found, unreadable, err := readCertificates(ctx, tx, query, values(some)...)
			if err = errors.Join(err, setAllAside(ctx, tx, unreadable)); err != nil {
				return err
			}
			list = append(list, found...)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	place := make(map[signing.Digest]int, len(ids))
	for i, id := range ids {
		place[id] = i
	}
	slices.SortFunc(list, func(a, b consensus.Certificate) int { return cmp.Compare(place[a.ID], place[b.ID]) })
	return list, nil
}

// maxNamed bounds the ids that one statement names. A statement for each would take longer than what it does; SQLite takes
// 32,766 (SQLITE_MAX_VARIABLE_NUMBER).
const maxNamed = 1000

// marks returns the list of n values of a statement.
func marks(n int) string { return "(" + strings.Repeat("?, ", n-1) + "?)" }

func values(ids []signing.Digest) []any {
	values := make([]any, len(ids))
	for i := range ids {
		values[i] = ids[i][:]
	}
	return values
}

// DueNewest returns the certificates whose last attestation came at the given time or earlier, the newest first, at most
// limit. Those that can't be read are set aside.
func (j *Journal) DueNewest(ctx context.Context, before time.Time, limit int) ([]consensus.Certificate, error) {
	return j.certificates(ctx, `SELECT id, lastsigned, report, sum FROM outbox
		WHERE lastsigned <= ? ORDER BY lastsigned DESC, id DESC LIMIT ?`, before.UnixMilli(), max(limit, 0))
}

// Waiting returns the certificates of the outbox, the oldest first: of more than maxWaiting the newest. Those that
// can't be read are set aside.
func (j *Journal) Waiting(ctx context.Context) ([]consensus.Certificate, error) {
	waiting, err := j.certificates(ctx, `SELECT id, lastsigned, report, sum FROM outbox
		ORDER BY lastsigned DESC, id DESC LIMIT ?`, maxWaiting)
	slices.Reverse(waiting)
	return waiting, err
}

// certificates runs a query for id, lastsigned, report and sum.
func (j *Journal) certificates(
	ctx context.Context, query string, arguments ...any,
) (list []consensus.Certificate, err error) {
	err = j.update(ctx, "read certificates from", func(ctx context.Context, tx *sql.Tx) (err error) {
		var unreadable []damagedEntry
		list, unreadable, err = readCertificates(ctx, tx, query, arguments...)
		return errors.Join(err, setAllAside(ctx, tx, unreadable))
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// readCertificates runs a query for id, lastsigned, report and sum.
func readCertificates(
	ctx context.Context, tx *sql.Tx, query string, arguments ...any,
) (list []consensus.Certificate, unreadable []damagedEntry, err error) {
	rows, err := tx.QueryContext(ctx, query, arguments...)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var id, report []byte
		var millis int64
		var sum sql.NullInt64
		if err := rows.Scan(&id, &millis, &report, &sum); err != nil {
			return nil, nil, err
		}
		c, err := newCertificate(id, millis, report)
		if err == nil && sum.Valid && sum.Int64 != sumOf(report) {
			err = fmt.Errorf("%w: changed on the disk", global.ErrMalformed)
		}
		if err != nil {
			unreadable = append(unreadable, damagedEntry{id, err})
			continue
		}
		list = append(list, c)
	}
	return list, unreadable, rows.Err()
}
