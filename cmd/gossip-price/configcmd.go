package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"text/tabwriter"

	"github.com/gossip-price/gossip-price/global/config"
)

func configCommand() command {
	return command{
		name:     "config",
		summary:  "show the settings in force, secrets redacted",
		examples: []string{"GP_FETCHPRICEINTERVAL=30s gossip-price config", "gossip-price config --json"},
		exits:    "1 if a setting is wrong; all that are wrong are told",
		define: func(fs *flag.FlagSet) action {
			asJSON := fs.Bool("json", false, "one JSON object of names and values")
			return func(_ context.Context, p program, _ []string) error {
				return p.showConfig(*asJSON)
			}
		},
	}
}

func (p program) showConfig(asJSON bool) error {
	cfg, err := config.Load()
	if err != nil {
		return err
	}
	if asJSON {
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
