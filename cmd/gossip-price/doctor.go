package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/node/api"
	"github.com/gossip-price/gossip-price/node/doctor"
)

func doctorCommand() command {
	return command{
		name:    "doctor",
		summary: "examine the settings and what they name before a node starts, and say what to do",
		examples: []string{
			"gossip-price doctor",
			"GP_DATABASEURL=postgres://nodes:THEIRS@db/gossip_price gossip-price doctor --json",
		},
		exits: "0 if nothing fails; warnings don't count",
		define: func(fs *flag.FlagSet) action {
			asJSON := fs.Bool("json", false, "one JSON object a check, as /v1/checks has them")
			return func(ctx context.Context, p program, _ []string) error {
				checks := examine(ctx)
				if err := showChecks(p.stdout, checks, *asJSON); err != nil {
					return fmt.Errorf("write checks: %w", err)
				}
				if doctor.Fails(checks) {
					return errors.New("a check fails")
				}
				return nil
			}
		},
	}
}

func examine(ctx context.Context) []api.Check {
	cfg, err := config.Load()
	if err != nil {
		return []api.Check{doctor.InvalidSettings(err)}
	}
	return doctor.Examine(ctx, cfg, wallClock())
}

// showChecks writes a line for each check, and where all is not well what follows and what to do.
func showChecks(out io.Writer, checks []api.Check, asJSON bool) error {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	for _, c := range checks {
		if asJSON {
			if err := encoder.Encode(c); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(&b, "%-8s %-16s %s\n", c.State, c.Name, c.Detail)
		for _, text := range []string{c.Meaning, c.Remedy} {
			if text != "" {
				fmt.Fprintf(&b, "%-25s %s\n", "", text)
			}
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}
