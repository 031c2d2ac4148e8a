package store

import (
	"context"
	"errors"
)

// Pragma changes a setting of the journal's connection.
func (j *Journal) Pragma(ctx context.Context, setting string) error {
	_, err := j.db.ExecContext(ctx, "PRAGMA "+setting)
	return err
}

// MaxWaiting returns the bound of Waiting.
func MaxWaiting() int { return maxWaiting }

// MaxPeers returns the bound of the known peers.
func MaxPeers() int { return maxPeers }

// MaxRefusals returns the bound of the refusals.
func MaxRefusals() int { return maxRefusals }

// RefusalsPruned returns how many refusals one call of Prune forgets.
func RefusalsPruned() int { return refusalsPruned }

// Fault returns what an error of Postgres is about: "store", "row" or "passing".
func Fault(err error) string {
	return map[fault]string{storeFault: "store", rowFault: "row", passingFault: "passing"}[faultOf(err)]
}

// PostgresNewest returns the statement by which a Postgres store finds the rows that Latest returns.
func PostgresNewest(q Query) (statement string, arguments []any) { return postgresNewest(q) }

// Plan returns how an SQLite store finds the rows that Latest returns.
func Plan(ctx context.Context, prices Prices, q Query) (plan []string, err error) {
	b := q.bounds()
	p, ok := prices.(*sqlitePrices)
	if !ok {
		return nil, errors.New("not an SQLite store")
	}
	rows, err := p.db.QueryContext(ctx, "EXPLAIN QUERY PLAN "+sqliteSelect+q.newest("?"),
		q.Network, string(q.Pair), q.limit(), timeText(b.since), timeText(b.until), timeText(b.round), b.id)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var a, b, c int
		var step string
		if err := rows.Scan(&a, &b, &c, &step); err != nil {
			return nil, err
		}
		plan = append(plan, step)
	}
	return plan, rows.Err()
}
