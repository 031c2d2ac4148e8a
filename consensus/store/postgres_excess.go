package store

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5/stdlib"

	"github.com/gossip-price/gossip-price/migrations/grants"
)

// Excess lists what the store's user may do beyond what a node needs, such as "DELETE on prices" or "superuser"; none for
// the role that a migration makes for nodes. What a node may do, who breaks into it may do too. Only a Postgres store has
// this method: an embedded one belongs to its node anyway.
func (p *postgresPrices) Excess(ctx context.Context) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	db := stdlib.OpenDBFromPool(p.pool) // closing it leaves the pool open
	excess, err := grants.Excess(ctx, db)
	return excess, errors.Join(err, db.Close())
}

// Missing lists what the store's user may not do and a node needs, such as "SELECT on prices"; none for a fit role. Like Excess,
// only a Postgres store has this method.
func (p *postgresPrices) Missing(ctx context.Context) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	db := stdlib.OpenDBFromPool(p.pool)
	missing, err := grants.Missing(ctx, db)
	return missing, errors.Join(err, db.Close())
}
