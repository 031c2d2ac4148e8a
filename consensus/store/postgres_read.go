package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

const postgresRead = "SELECT" + postgresColumns + "FROM prices WHERE id = ANY($1::text[])"

// Read implements Prices.
func (p *postgresPrices) Read(ctx context.Context, ids []signing.Digest, take func(consensus.Row) error) error {
	texts, err := idTexts(ids)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	rows, err := p.pool.Query(ctx, postgresRead, texts)
	if err != nil {
		return fmt.Errorf("read prices: %w", explain(err))
	}
	defer rows.Close()
	for rows.Next() {
		row, err := readAny(rows)
		if err == nil {
			err = take(row)
		}
		if err != nil {
			return fmt.Errorf("read prices: %w", err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read prices: %w", explain(err))
	}
	return nil
}

// readAny reads a row whose content may be anything that the columns can hold, infinite times too.
func readAny(rows pgx.Rows) (consensus.Row, error) {
	var r record
	var times [4]pgtype.Timestamptz
	err := rows.Scan(&r.id, &r.network, &r.pair, &r.price, &r.firstSigner, &r.signData, &times[0], &times[1], &times[2], &times[3])
	if err != nil {
		return consensus.Row{}, err
	}
	r.round, r.observed, r.lastSigned, r.created = times[0].Time, times[1].Time, times[2].Time, times[3].Time
	return r.rowOrID()
}
