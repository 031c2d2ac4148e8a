package main

import (
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"github.com/gossip-price/gossip-price/global/config"
)

func configCommand() command {
	c := command{
		name:     "config",
		summary:  "show the settings in force, secrets redacted",
		examples: []string{"GP_FETCHPRICEINTERVAL=30s gossip-price config", "gossip-price config --json"},
	}
	c.run = func(p program, _ context.Context, args []string) error {
		fs := c.flags(p.stdout)
		asJSON := fs.Bool("json", false, "one JSON object of names and values")
		if err := parse(fs, args, 0); err != nil {
			return err
		}
		cfg, err := config.Load()
		if err != nil {
			return err
		}
		if *asJSON {
			values := make(map[string]string)
			for _, s := range cfg.Values() {
				values[s.Name] = s.Value
			}
			return json.NewEncoder(p.stdout).Encode(values)
		}
		tab := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
		for _, s := range cfg.Values() {
			fmt.Fprintf(tab, "%s\t%s\n", s.Name, s.Value)
		}
		return tab.Flush()
	}
	return c
}
