package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/gossip-price/gossip-price/migrations/grants"
)

// Excess lists what the store's user may do beyond what a node needs, such as "DELETE on prices" or "superuser"; none for
// the role that a migration makes for nodes. What a node may do, who breaks into it may do too. Only a Postgres store has
// this method: an embedded one belongs to its node anyway.
func (p *postgresPrices) Excess(ctx context.Context) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var user string
	if err := p.pool.QueryRow(ctx, "SELECT current_user::text").Scan(&user); err != nil {
		return nil, fmt.Errorf("read database user: %w", err)
	}
	rows, err := p.pool.Query(ctx, grants.Excess, user, true)
	if err != nil {
		return nil, fmt.Errorf("read what the database user may do: %w", err)
	}
	excess, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("read what the database user may do: %w", err)
	}
	return excess, nil
}
