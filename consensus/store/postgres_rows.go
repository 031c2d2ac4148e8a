package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// postgresInsert takes one array a column. Price and sign_data come as text, so no value passes through a float.
const postgresInsert = `INSERT INTO prices
	(id, network, pair, price, first_signer, sign_data, round_time, observed_time, lastsigned_time)
SELECT id, network, pair, price::numeric, first_signer, sign_data::jsonb, round_time, observed_time, lastsigned_time
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
	$7::timestamptz[], $8::timestamptz[], $9::timestamptz[])
	AS r (id, network, pair, price, first_signer, sign_data, round_time, observed_time, lastsigned_time)
ON CONFLICT (id) DO NOTHING
RETURNING id`

const (
	postgresColumns = ` id, network, pair, price::text, first_signer, sign_data::text,
	round_time, observed_time, lastsigned_time, created_time `
	postgresSelect = "SELECT" + postgresColumns + "FROM prices "
	postgresAfter  = postgresSelect + `WHERE ($1 = '' OR network = $1) AND ($2 = '' OR pair = $2)
	AND round_time >= $4 AND round_time < $5 AND (created_time, id) > ($6, $7) ORDER BY created_time, id LIMIT $3`
)

// Insert implements Prices.
func (p *postgresPrices) Insert(ctx context.Context, batch *Batch) (stored []signing.Digest, err error) {
	i := inserter{
		write: func(records []record) ([]signing.Digest, error) { return p.insertRetrying(ctx, records) },
		ofRow: func(err error) bool { return faultOf(err) == rowFault },
	}
	return i.insert(batch)
}

// insertRetrying runs the statement, and again at once while a fault is passing. After one of a read-only server all connections
// are made anew, so that a URL with several hosts finds the one that writes.
func (p *postgresPrices) insertRetrying(ctx context.Context, records []record) (stored []signing.Digest, err error) {
	for range maxPassing {
		if stored, err = p.insert(ctx, records); faultOf(err) != passingFault {
			break
		}
	}
	if isReadOnly(err) {
		p.pool.Reset()
	}
	if err != nil {
		return nil, explain(err)
	}
	return stored, nil
}

func (p *postgresPrices) insert(ctx context.Context, records []record) ([]signing.Digest, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var texts [6][]string
	var times [3][]time.Time
	for _, r := range records {
		for i, s := range [...]string{r.id, r.network, r.pair, r.price, r.firstSigner, r.signData} {
			texts[i] = append(texts[i], s)
		}
		for i, t := range [...]time.Time{r.round, r.observed, r.lastSigned} {
			times[i] = append(times[i], t)
		}
	}
	rows, err := p.pool.Query(ctx, postgresInsert,
		texts[0], texts[1], texts[2], texts[3], texts[4], texts[5], times[0], times[1], times[2])
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (id signing.Digest, err error) {
		var text string
		if err := row.Scan(&text); err != nil {
			return id, err
		}
		return signing.ParseDigest(text)
	})
}

// Latest implements Prices.
func (p *postgresPrices) Latest(ctx context.Context, q Query) ([]consensus.Row, error) {
	statement, arguments := postgresNewest(q)
	return p.list(ctx, statement, arguments...)
}

// postgresNewest returns the statement of Latest.
func postgresNewest(q Query) (statement string, arguments []any) {
	b := q.bounds()
	return postgresSelect + q.newest("$"), []any{q.Network, string(q.Pair), q.limit(), b.since, b.until, b.round, b.id}
}

// After implements Prices.
func (p *postgresPrices) After(ctx context.Context, q Query, c Cursor) ([]consensus.Row, error) {
	b := q.bounds()
	return p.list(ctx, postgresAfter, q.Network, string(q.Pair), q.limit(), b.since, b.until, c.Created, c.ID.String())
}

func (p *postgresPrices) list(ctx context.Context, query string, arguments ...any) ([]consensus.Row, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	rows, err := p.pool.Query(ctx, query, arguments...)
	if err != nil {
		return nil, fmt.Errorf("list prices: %w", explain(err))
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (consensus.Row, error) {
		var r record
		if err := row.Scan(&r.id, &r.network, &r.pair, &r.price, &r.firstSigner, &r.signData,
			&r.round, &r.observed, &r.lastSigned, &r.created); err != nil {
			return consensus.Row{}, err
		}
		return r.row()
	})
	if err != nil {
		return nil, fmt.Errorf("list prices: %w", explain(err))
	}
	return list, nil
}
