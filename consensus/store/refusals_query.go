package store

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/global/price"
)

// maxRefusalsRead bounds the refusals that one call returns: signing waits for it.
const maxRefusalsRead = 500

// RefusalQuery says which refusals are asked for.
type RefusalQuery struct {
	ID    []byte          // how the id begins; empty: all
	Pair  price.Pair      // empty: all
	Round consensus.Round // 0: all
	Limit int             // how many at most; below 1 or above 500 it is 500
}

// Refusals returns kept refusals, the last first. Entries that this version can't read are left out and counted.
func (j *Journal) Refusals(ctx context.Context, q RefusalQuery) (list []Refusal, unreadable int, err error) {
	const query = `SELECT id, reason, pair, price, round, observed, proposer, own, fetched, refused FROM refusals
		WHERE id >= ?1 AND id < ?2 AND (?3 = '' OR pair = ?3) AND (?4 = 0 OR round = ?4)
		ORDER BY number DESC LIMIT ?5`
	limit := q.Limit
	if limit < 1 || limit > maxRefusalsRead {
		limit = maxRefusalsRead
	}
	err = j.query(ctx, "read refusals from", func(rows *sql.Rows) error {
		var row refusalRow
		if err := row.scan(rows); err != nil {
			return err
		}
		r, err := row.refusal()
		if err != nil {
			unreadable++
			return nil //nolint:nilerr // counted
		}
		list = append(list, r)
		return nil
	}, query, append([]byte{}, q.ID...), after(q.ID), string(q.Pair), int64(q.Round), limit)
	if err != nil {
		return nil, 0, err
	}
	return list, unreadable, nil
}

// after returns what comes after all ids that begin with the prefix.
func after(prefix []byte) []byte {
	end := append([]byte{}, prefix...)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i]++; end[i] != 0 {
			return end[:i+1]
		}
	}
	return bytes.Repeat([]byte{0xff}, len(signing.Digest{})+1)
}

// refusalRow is a refusal as the table has it.
type refusalRow struct {
	id, price, proposer, own []byte
	reason, pair             string
	round, observed, refused int64
	fetched                  sql.NullInt64
}

func (r *refusalRow) scan(rows *sql.Rows) error {
	return rows.Scan(&r.id, &r.reason, &r.pair, &r.price, &r.round, &r.observed, &r.proposer, &r.own, &r.fetched,
		&r.refused)
}

// refusal returns what the row says. Errors wrap global.ErrMalformed.
func (r *refusalRow) refusal() (Refusal, error) {
	if len(r.id) != len(signing.Digest{}) || len(r.proposer) != len(signing.Address{}) {
		return Refusal{}, fmt.Errorf("%w: id of %d bytes, proposer of %d", global.ErrMalformed, len(r.id), len(r.proposer))
	}
	refused, err := price.FromBytes(r.price)
	if err != nil {
		return Refusal{}, err
	}
	pair := price.Pair(r.pair)
	var own price.Quote
	if r.own != nil {
		own = price.Quote{Pair: pair, At: time.UnixMilli(r.fetched.Int64).UTC()}
		if own.Price, err = price.FromBytes(r.own); err != nil {
			return Refusal{}, err
		}
	}
	return Refusal{
		ID: signing.Digest(r.id),
		Observation: consensus.Observation{
			Pair: pair, Price: refused, Round: consensus.Round(r.round), ObservedAt: consensus.Millis(r.observed),
			Proposer: signing.Address(r.proposer),
		},
		Reason: consensus.Refusal(r.reason), Own: own, At: time.UnixMilli(r.refused).UTC(),
	}, nil
}
