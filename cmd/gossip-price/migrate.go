package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"

	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/migrations"
)

func migrateCommand() command {
	return command{
		name:    "migrate",
		summary: "bring the Postgres schema and the nodes' role up to date: additive, safe at any time",
		examples: []string{
			"GP_DATABASEURL=postgres://postgres:PASSWORD@localhost/gossip_price gossip-price migrate",
			"GP_NODEDATABASEURL=postgres://nodes:THEIRS@localhost/gossip_price gossip-price migrate",
			"gossip-price migrate --plan",
		},
		define: func(fs *flag.FlagSet) action {
			database := databaseFlag(fs)
			plan := fs.Bool("plan", false, "print the SQL and change nothing")
			asJSON := fs.Bool("json", false, "one JSON object: the database, the SQL, and whether it was applied")
			return func(ctx context.Context, p program, _ []string) error {
				cfg, err := config.Load()
				if err != nil {
					return err
				}
				if *database != "" {
					cfg.DatabaseURL = *database
				}
				m := migration{Database: config.RedactURL(cfg.StoreURL()), Applied: !*plan}
				if m.Statements, err = migrate(ctx, cfg, *plan); err != nil {
					return err
				}
				if *asJSON {
					return json.NewEncoder(p.stdout).Encode(m)
				}
				return p.showMigration(m, cfg.NodeDatabaseURL)
			}
		},
	}
}

// migration is what was done, or with --plan would be.
type migration struct {
	Database   string   `json:"database"`   // redacted
	Statements []string `json:"statements"` // none: it is up to date
	Applied    bool     `json:"applied"`
}

// migrate applies, or plans, and returns the statements, never nil. An embedded store needs none.
func migrate(ctx context.Context, cfg config.Config, plan bool) ([]string, error) {
	if _, embedded := config.EmbeddedStore(cfg.StoreURL()); embedded {
		if cfg.NodeDatabaseURL != "" {
			return nil, fmt.Errorf("GP_NODEDATABASEURL is for a server, but the price store is %s; set GP_DATABASEURL too", cfg.StoreURL())
		}
		return []string{}, nil
	}
	apply := migrations.Apply
	if plan {
		apply = migrations.Plan
	}
	statements, err := apply(ctx, cfg.StoreURL(), cfg.NodeDatabaseURL)
	return append([]string{}, statements...), err
}

// showMigration writes the statements; that there are none is no result, so it goes to stderr.
func (p program) showMigration(m migration, nodeURL string) error {
	if _, embedded := config.EmbeddedStore(m.Database); embedded {
		_, err := fmt.Fprintln(p.stdout, "nothing to do: the embedded store makes its own schema; GP_DATABASEURL=postgres://.. names a server")
		return err
	}
	for _, s := range m.Statements {
		if _, err := fmt.Fprintln(p.stdout, s+";"); err != nil {
			return fmt.Errorf("write SQL: %w", err)
		}
	}
	if len(m.Statements) > 0 {
		return nil
	}
	fmt.Fprintln(p.stderr, "the schema is up to date:", m.Database)
	if nodeURL != "" {
		fmt.Fprintln(p.stderr, "the nodes' role is up to date:", config.RedactURL(nodeURL))
	}
	return nil
}
