package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/migrations/pgurl"
)

const (
	// maxConns bounds a node's connections: one writes, the others read.
	maxConns = 4
	// statementTimeout bounds a statement on the server; one in the URL takes its place.
	statementTimeout = "10s"
	// callTimeout bounds a call with connecting and a network that hangs.
	callTimeout = 20 * time.Second
)

// postgresPrices is the price store in a Postgres database.
type postgresPrices struct{ pool *pgxpool.Pool }

func openPostgres(ctx context.Context, databaseURL string) (*postgresPrices, error) {
	config, err := pgurl.Parse(databaseURL)
	if err != nil {
		return nil, fmt.Errorf("open price store: %w", err)
	}
	config.MaxConns = min(config.MaxConns, maxConns)
	if parameters := config.ConnConfig.RuntimeParams; parameters["statement_timeout"] == "" {
		parameters["statement_timeout"] = statementTimeout
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open price store: %w", err)
	}
	return &postgresPrices{pool}, nil
}

// Check implements Prices.
func (p *postgresPrices) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if _, err := p.pool.Exec(ctx, "SELECT"+postgresColumns+"FROM prices LIMIT 0"); err != nil {
		return fmt.Errorf("check price store: %w", explain(err))
	}
	_, err := p.ID(ctx)
	return err
}

// CheckWrite implements Prices. An INSERT of no rows is refused where one of some would be.
func (p *postgresPrices) CheckWrite(ctx context.Context) error {
	if err := p.Check(ctx); err != nil {
		return err
	}
	if _, err := p.insertRetrying(ctx, nil); err != nil {
		return fmt.Errorf("check price store: %w", err)
	}
	return nil
}

// ID implements Prices.
func (p *postgresPrices) ID(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var id string
	err := p.pool.QueryRow(ctx, "SELECT id FROM price_store").Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		err = fmt.Errorf("%w: the store has no id; run: gossip-price migrate", global.ErrSchema)
	}
	if err != nil {
		return "", fmt.Errorf("read store id: %w", explain(err))
	}
	return id, nil
}

// closeTimeout bounds the farewell to a server that does not answer: pgx would wait for it for 15 s.
const closeTimeout = time.Second

// Close implements Prices. A server that does not answer is left after closeTimeout; the pool then ends by itself.
func (p *postgresPrices) Close() error {
	closed := make(chan struct{})
	go func() {
		p.pool.Close()
		close(closed)
	}()
	select {
	case <-closed:
		return nil
	case <-time.After(closeTimeout):
		return errors.New("close price store: the server does not answer")
	}
}

// explain adds global.ErrSchema, and what to run, to the server's word that a table or column is missing.
func explain(err error) error {
	var answer *pgconn.PgError
	if !errors.As(err, &answer) {
		return err
	}
	switch answer.Code {
	case "42P01", "42703", "42P10": // undefined table, undefined column, no such unique key
		return fmt.Errorf("%w: %s; run: gossip-price migrate", global.ErrSchema, answer.Message)
	case "25006": // read-only
		return fmt.Errorf("the database takes no writes (%s): with several hosts in the URL, target_session_attrs=read-write "+
			"finds the one that does: %w", answer.Message, err)
	}
	return err
}
