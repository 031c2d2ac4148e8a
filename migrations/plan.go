package migrations

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"
)

// identify fills the one row of price_store, once.
const identify = "INSERT INTO %s (id) VALUES (gen_random_uuid()::text) ON CONFLICT DO NOTHING"

// plan returns the statements that lead from the schema in force to the desired one.
func plan(ctx context.Context, tx *sql.Tx) ([]string, error) {
	driver, err := postgres.Open(tx)
	if err != nil {
		return nil, err
	}
	var name sql.NullString
	if err := tx.QueryRowContext(ctx, "SELECT current_schema()").Scan(&name); err != nil {
		return nil, fmt.Errorf("find schema: %w", err)
	}
	if !name.Valid {
		return nil, errors.New("find schema: search_path names no schema that exists")
	}
	desired, err := desire(ctx, tx, driver)
	if err != nil {
		return nil, fmt.Errorf("normalise schema.hcl: %w", err)
	}
	desired.Name = name.String
	current, err := inspect(ctx, driver, name.String, desired)
	if err != nil {
		return nil, err
	}
	changes, err := driver.SchemaDiff(current, desired, schema.DiffNormalized())
	if err != nil {
		return nil, fmt.Errorf("compare schemas: %w", err)
	}
	additions, refused := sift(changes)
	if len(refused) > 0 {
		statements, err := render(ctx, driver, refused)
		return nil, errors.Join(fmt.Errorf("%w, refused:\n%s", ErrDestructive, strings.Join(statements, ";\n")), err)
	}
	statements, err := render(ctx, driver, additions)
	if err != nil {
		return nil, err
	}
	return withID(ctx, tx, statements, current)
}

// withID appends the statement that gives the store its id, where it has none.
func withID(ctx context.Context, tx *sql.Tx, statements []string, current *schema.Schema) ([]string, error) {
	table := fmt.Sprintf(`"%s"."price_store"`, strings.ReplaceAll(current.Name, `"`, `""`))
	if _, there := current.Table("price_store"); there {
		var filled bool
		query := fmt.Sprintf("SELECT EXISTS (SELECT FROM %s)", table)
		if err := tx.QueryRowContext(ctx, query).Scan(&filled); err != nil {
			return nil, fmt.Errorf("look for the store's id: %w", err)
		}
		if filled {
			return statements, nil
		}
	}
	return append(statements, fmt.Sprintf(identify, table)), nil
}

// desire returns the schema of schema.hcl as this very server spells it: defaults and checks are rewritten by it, so
// the schema is made under a throw-away name, read back and rolled back. No other session ever sees it.
func desire(ctx context.Context, tx *sql.Tx, driver migrate.Driver) (*schema.Schema, error) {
	const throwaway = "gossip_price_throwaway"
	var desired schema.Schema
	if err := postgres.EvalHCLBytes(schemaHCL, &desired, nil); err != nil {
		return nil, err
	}
	desired.Name = throwaway
	changes := make([]schema.Change, 0, len(desired.Tables))
	for _, table := range desired.Tables {
		table.Schema = &desired
		changes = append(changes, &schema.AddTable{T: table})
	}
	statements, err := render(ctx, driver, changes)
	if err != nil {
		return nil, err
	}
	before := []string{"SAVEPOINT throwaway", "CREATE SCHEMA " + throwaway}
	if err := run(ctx, tx, append(before, statements...)); err != nil {
		return nil, err
	}
	normalised, err := inspect(ctx, driver, throwaway, &desired)
	if err != nil {
		return nil, err
	}
	return normalised, run(ctx, tx, []string{"ROLLBACK TO SAVEPOINT throwaway", "RELEASE SAVEPOINT throwaway"})
}

// inspect reads those tables of a schema that are in want too.
func inspect(ctx context.Context, driver migrate.Driver, name string, want *schema.Schema) (*schema.Schema, error) {
	options := &schema.InspectOptions{Mode: schema.InspectTables}
	for _, table := range want.Tables {
		options.Tables = append(options.Tables, table.Name)
	}
	got, err := driver.InspectSchema(ctx, name, options)
	if err != nil {
		return nil, fmt.Errorf("inspect schema %s: %w", name, err)
	}
	return got, nil
}

// render returns the SQL of the changes.
func render(ctx context.Context, driver migrate.Driver, changes []schema.Change) ([]string, error) {
	if len(changes) == 0 {
		return nil, nil
	}
	plan, err := driver.PlanChanges(ctx, "gossip-price", changes)
	if err != nil {
		return nil, fmt.Errorf("write SQL: %w", err)
	}
	statements := make([]string, 0, len(plan.Changes))
	for _, change := range plan.Changes {
		statements = append(statements, change.Cmd)
	}
	return statements, nil
}
