package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

const sqliteRead = `SELECT id, network, pair, price, first_signer, sign_data,
	round_time, observed_time, lastsigned_time, created_time FROM prices WHERE id IN (SELECT value FROM json_each(?))`

// Read implements Prices.
func (p *sqlitePrices) Read(ctx context.Context, ids []signing.Digest, take func(consensus.Row) error) (err error) {
	texts, err := idTexts(ids)
	if err != nil {
		return err
	}
	list, err := json.Marshal(texts)
	if err != nil {
		return fmt.Errorf("read prices: %w", err)
	}
	rows, err := p.db.QueryContext(ctx, sqliteRead, string(list))
	if err != nil {
		return fmt.Errorf("read prices: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		row, err := readAnyText(rows)
		if err == nil {
			err = take(row)
		}
		if err != nil {
			return fmt.Errorf("read prices: %w", err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read prices: %w", err)
	}
	return nil
}

// readAnyText reads a row whose content may be any text.
func readAnyText(rows *sql.Rows) (consensus.Row, error) {
	var r record
	var texts [4]string
	err := rows.Scan(&r.id, &r.network, &r.pair, &r.price, &r.firstSigner, &r.signData, &texts[0], &texts[1], &texts[2], &texts[3])
	if err != nil {
		return consensus.Row{}, err
	}
	for i, dst := range []*time.Time{&r.round, &r.observed, &r.lastSigned, &r.created} {
		if (*textTime)(dst).Scan(texts[i]) != nil {
			r.signData = "" // no row
		}
	}
	return r.rowOrID()
}
