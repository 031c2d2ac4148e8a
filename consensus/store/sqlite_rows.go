package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

const (
	sqliteInsert = `INSERT INTO prices
	(id, network, pair, price, first_signer, sign_data, round_time, observed_time, lastsigned_time)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO NOTHING`
	sqliteSelect = `SELECT id, network, pair, price, first_signer, sign_data,
	round_time, observed_time, lastsigned_time, created_time FROM prices `
	sqliteAfter = sqliteSelect + `WHERE (?1 = '' OR network = ?1) AND (?2 = '' OR pair = ?2)
	AND round_time >= ?4 AND round_time < ?5 AND (created_time, id) > (?6, ?7) ORDER BY created_time, id LIMIT ?3`
)

// textTime is an instant as the file has it.
type textTime time.Time

// Scan implements sql.Scanner.
func (t *textTime) Scan(value any) error {
	text, ok := value.(string)
	if !ok {
		return fmt.Errorf("a time is %T, not text", value)
	}
	parsed, err := time.Parse(consensus.TimeFormat, text)
	*t = textTime(parsed)
	return err
}

func timeText(t time.Time) string { return t.UTC().Format(consensus.TimeFormat) }

// Insert implements Prices.
func (p *sqlitePrices) Insert(ctx context.Context, batch *Batch) (stored []signing.Digest, err error) {
	i := inserter{
		write: func(records []record) ([]signing.Digest, error) { return p.insert(ctx, records) },
		ofRow: func(err error) bool {
			return hasCode(err, sqlite3.SQLITE_CONSTRAINT) || hasCode(err, sqlite3.SQLITE_TOOBIG) ||
				hasCode(err, sqlite3.SQLITE_MISMATCH)
		},
	}
	return i.insert(batch)
}

func (p *sqlitePrices) insert(ctx context.Context, records []record) (stored []signing.Digest, err error) {
	tx, err := p.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }() // without effect after Commit
	statement, err := tx.PrepareContext(ctx, sqliteInsert)
	if err != nil {
		return nil, err
	}
	defer func() { _ = statement.Close() }()
	for _, r := range records {
		result, err := statement.ExecContext(ctx, r.id, r.network, r.pair, r.price, r.firstSigner, r.signData,
			timeText(r.round), timeText(r.observed), timeText(r.lastSigned))
		if err != nil {
			return nil, err
		}
		added, err := result.RowsAffected()
		if err != nil {
			return nil, err
		}
		if added == 0 {
			continue
		}
		id, err := signing.ParseDigest(r.id)
		if err != nil {
			return nil, err
		}
		stored = append(stored, id)
	}
	return stored, tx.Commit()
}

// Latest implements Prices.
func (p *sqlitePrices) Latest(ctx context.Context, q Query) ([]consensus.Row, error) {
	b := q.bounds()
	return p.list(ctx, sqliteSelect+q.newest("?"), q.Network, string(q.Pair), q.limit(), timeText(b.since), timeText(b.until), timeText(b.round), b.id)
}

// After implements Prices.
func (p *sqlitePrices) After(ctx context.Context, q Query, c Cursor) ([]consensus.Row, error) {
	b := q.bounds()
	return p.list(ctx, sqliteAfter, q.Network, string(q.Pair), q.limit(), timeText(b.since), timeText(b.until),
		timeText(c.Created), c.ID.String())
}

func (p *sqlitePrices) list(ctx context.Context, query string, arguments ...any) (list []consensus.Row, err error) {
	rows, err := p.db.QueryContext(ctx, query, arguments...)
	if err != nil {
		return nil, fmt.Errorf("list prices: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		row, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("list prices: %w", err)
		}
		list = append(list, row)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list prices: %w", err)
	}
	return list, nil
}

func scan(rows *sql.Rows) (consensus.Row, error) {
	var r record
	err := rows.Scan(&r.id, &r.network, &r.pair, &r.price, &r.firstSigner, &r.signData,
		(*textTime)(&r.round), (*textTime)(&r.observed), (*textTime)(&r.lastSigned), (*textTime)(&r.created))
	if err != nil {
		return consensus.Row{}, err
	}
	return r.row()
}
