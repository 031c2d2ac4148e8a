package migrations

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/stdlib"

	"github.com/gossip-price/gossip-price/migrations/grants"
	"github.com/gossip-price/gossip-price/migrations/pgurl"
)

//go:embed schema.hcl
var schemaHCL []byte

// ErrDestructive is wrapped by the errors that refuse a change because it would drop or alter what is there.
var ErrDestructive = errors.New("not an additive change")

const (
	// lockKey is the advisory lock that keeps migrations of one database apart: "gossip-p" as a number.
	lockKey = 0x676f737369702d70
	// lockWait bounds the wait for that lock, and for those of the tables.
	lockWait = time.Minute
)

// Plan returns the SQL statements that Apply would run, in their order, password hidden; none where all is up to date. It
// changes nothing. Errors wrap ErrDestructive, and then show the SQL that was refused, grants.ErrUnfit for the nodes'
// URL or its role, or global.ErrMalformed for a URL.
func Plan(ctx context.Context, databaseURL, nodeURL string) ([]string, error) {
	statements, err := perform(ctx, databaseURL, nodeURL, false)
	if err != nil {
		return nil, fmt.Errorf("plan migration: %w", err)
	}
	return statements, nil
}

// Apply brings the database of the owner's URL to the schema, and the role of the nodes' URL to what a node needs (see
// package grants); without a nodes' URL no role is touched. It runs what Plan returns in one transaction, all or
// nothing, and returns it. Several processes at once are safe: one works while the others wait, at most a minute, and
// then find nothing left to do. Errors are those of Plan and those of the server.
func Apply(ctx context.Context, databaseURL, nodeURL string) ([]string, error) {
	statements, err := perform(ctx, databaseURL, nodeURL, true)
	if err != nil {
		return nil, fmt.Errorf("apply migration: %w", err)
	}
	return statements, nil
}

// perform plans schema and role, and with apply set runs and commits the plan.
func perform(ctx context.Context, databaseURL, nodeURL string, apply bool) (statements []string, err error) {
	var nodes grants.Role
	if nodeURL != "" {
		if nodes, err = grants.Parse(databaseURL, nodeURL); err != nil {
			return nil, err
		}
	}
	err = locked(ctx, databaseURL, func(tx *sql.Tx) error {
		if statements, err = plan(ctx, tx); err != nil {
			return err
		}
		grant := nodes.Plan
		if apply {
			if err := run(ctx, tx, statements); err != nil {
				return err
			}
			grant = nodes.Apply
		}
		if nodeURL != "" {
			more, err := grant(ctx, tx)
			if err != nil {
				return err
			}
			statements = append(statements, more...)
		}
		if apply {
			return tx.Commit()
		}
		return nil
	})
	return statements, err
}

// locked calls do with a transaction on one connection that holds the advisory lock until the transaction ends. One
// that do has not ended is rolled back.
func locked(ctx context.Context, databaseURL string, do func(*sql.Tx) error) (err error) {
	config, err := pgurl.Parse(databaseURL)
	if err != nil {
		return err
	}
	db := stdlib.OpenDB(*config.ConnConfig)
	defer func() { err = errors.Join(err, db.Close()) }()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // without effect once do has ended it
	if err := run(ctx, tx, []string{
		fmt.Sprintf("SET LOCAL lock_timeout = %d", lockWait.Milliseconds()),
		"SET LOCAL statement_timeout = 0", // an index over a large table takes its time
		fmt.Sprintf("SELECT pg_advisory_xact_lock(%d)", lockKey),
	}); err != nil {
		return err
	}
	return do(tx)
}

func run(ctx context.Context, tx *sql.Tx, statements []string) error {
	for _, statement := range statements {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("run %q: %w", statement, err)
		}
	}
	return nil
}
