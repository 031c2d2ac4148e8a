package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/migrations"
)

func migrateCommand() command {
	c := command{
		name:    "migrate",
		summary: "bring the Postgres schema and the nodes' role up to date: additive, safe at any time",
		examples: []string{
			"GP_DATABASEURL=postgres://postgres:PASSWORD@localhost/gossip_price gossip-price migrate",
			"GP_NODEDATABASEURL=postgres://nodes:THEIRS@localhost/gossip_price gossip-price migrate",
			"gossip-price migrate --plan",
		},
	}
	c.run = func(p program, ctx context.Context, args []string) error {
		fs := c.flags(p.stdout)
		database := databaseFlag(fs)
		plan := fs.Bool("plan", false, "print the SQL and change nothing")
		if err := parse(fs, args, 0); err != nil {
			return err
		}
		cfg, err := config.Load()
		if err != nil {
			return err
		}
		if *database != "" {
			cfg.DatabaseURL = *database
		}
		apply := migrations.Apply
		if *plan {
			apply = migrations.Plan
		}
		return p.migrate(ctx, cfg.StoreURL(), cfg.NodeDatabaseURL, apply)
	}
	return c
}

// migrate applies, or plans, and shows the statements.
func (p program) migrate(ctx context.Context, url, nodeURL string,
	apply func(ctx context.Context, databaseURL, nodeURL string) ([]string, error),
) error {
	if strings.HasPrefix(url, "sqlite:") {
		if nodeURL != "" {
			return fmt.Errorf("GP_NODEDATABASEURL is for a server, but the price store is %s; set GP_DATABASEURL too", url)
		}
		_, err := fmt.Fprintln(p.stdout, "nothing to do: the embedded store makes its own schema; GP_DATABASEURL=postgres://.. names a server")
		return err
	}
	statements, err := apply(ctx, url, nodeURL)
	if err != nil {
		return err
	}
	for _, s := range statements {
		fmt.Fprintln(p.stdout, s+";")
	}
	if len(statements) > 0 {
		return nil
	}
	fmt.Fprintln(p.stderr, "the schema is up to date:", config.RedactURL(url))
	if nodeURL != "" {
		fmt.Fprintln(p.stderr, "the nodes' role is up to date:", config.RedactURL(nodeURL))
	}
	return nil
}
