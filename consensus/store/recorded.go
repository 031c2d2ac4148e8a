package store

import (
	"context"
	"database/sql"

	"github.com/gossip-price/gossip-price/consensus"
)

// MaxRecorded bounds the certificates that one call of Recorded reads: signing waits for it.
const MaxRecorded = 2048

// Recorded is a certificate of the archive.
type Recorded struct {
	consensus.Certificate
	Stored bool // it waits no more: its row is known to be in the price store
}

// RecordedQuery says which certificates are asked for: those whose ids begin so, or those of a round, or all.
type RecordedQuery struct {
	ID    []byte          // empty: any
	Round consensus.Round // 0: any; without an ID alone
	Limit int             // how many at most; below 1 or above MaxRecorded it is that
}

// Recorded returns certificates of the archive, the newest rounds first. Those that can't be read are left out and counted.
func (j *Journal) Recorded(ctx context.Context, q RecordedQuery) (list []Recorded, unreadable int, err error) {
	where, arguments := "round >= 0", []any(nil)
	switch {
	case len(q.ID) > 0:
		where, arguments = "id >= ? AND id < ?", []any{append([]byte{}, q.ID...), after(q.ID)}
	case q.Round > 0:
		where, arguments = "round = ?", []any{number(q.Round)}
	}
	limit := q.Limit
	if limit < 1 || limit > MaxRecorded {
		limit = MaxRecorded
	}
	err = j.query(ctx, "read archive of", func(rows *sql.Rows) error {
		var r Recorded
		var id, report []byte
		var millis, sum int64
		if err := rows.Scan(&id, &millis, &report, &sum, &r.Stored); err != nil {
			return err
		}
		var err error
		if r.Certificate, err = newCertificate(id, millis, report); err != nil || sum != sumOf(report) {
			unreadable++
			return nil //nolint:nilerr // counted
		}
		list = append(list, r)
		return nil
	}, `SELECT id, lastsigned, report, sum, NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.id = archive.id)
			AND NOT EXISTS (SELECT 1 FROM aside WHERE aside.id = archive.id)
		FROM archive WHERE `+where+" ORDER BY round DESC, pair, proposer LIMIT ?", append(arguments, limit)...)
	if err != nil {
		return nil, 0, err
	}
	return list, unreadable, nil
}
