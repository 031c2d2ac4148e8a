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
		summary: "bring the Postgres schema up to date: additive changes only, safe to run at any time",
		examples: []string{
			"GP_DATABASEURL=postgres://postgres:PASSWORD@localhost/gossip_price gossip-price migrate",
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
		url, err := storeURL(*database)
		if err != nil {
			return err
		}
		if strings.HasPrefix(url, "sqlite:") {
			_, err := fmt.Fprintln(p.stdout, "nothing to do: the embedded store makes its own schema; GP_DATABASEURL=postgres://.. names a server")
			return err
		}
		apply := migrations.Apply
		if *plan {
			apply = migrations.Plan
		}
		statements, err := apply(ctx, url)
		if err != nil {
			return err
		}
		for _, s := range statements {
			fmt.Fprintln(p.stdout, s+";")
		}
		if len(statements) == 0 {
			fmt.Fprintln(p.stderr, "the schema is up to date:", config.RedactURL(url))
		}
		return nil
	}
	return c
}
