package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/url"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/node/api"
)

func evidenceCommand() command {
	return recordsCommand("evidence", "show the signers that a running node has proof against: two prices signed for one round",
		nil,
		func(out io.Writer, e consensus.Evidence) error {
			a, b := e.First.Observation, e.Second.Observation
			_, err := fmt.Fprintf(out, "%s  %-12s  %s signed %s and %s\n",
				a.Round.Start().Format(timeFormat), a.Pair, a.Proposer, a.Price, b.Price)
			return err
		},
		"gossip-price evidence",
		"gossip-price evidence --json | gossip-price verify --evidence --signers roster.txt",
	)
}

func refusalsCommand() command {
	return recordsCommand("refusals", "show the prices that a running node did not co-sign, and why",
		map[string]string{
			"id":    "only the price whose `ID` begins so, as in the log",
			"pair":  "only this `PAIR`, such as ETH-USD",
			"round": "only this `ROUND`, the unix second at which it started",
		},
		func(out io.Writer, r api.Refusal) error {
			own := "none"
			if r.OwnPrice != nil {
				own = r.OwnPrice.String()
			}
			_, err := fmt.Fprintf(out, "%s  %s  %-12s  %s of %s: %s, own price %s\n",
				time.Time(r.Time).Format(timeFormat), r.ID.Short(), r.Pair, r.Price, r.FirstSigner, r.Reason, own)
			return err
		},
		"gossip-price refusals --id 0x1a2b3c4d",
		"gossip-price refusals --json --limit 500 | jq -r .reason | sort | uniq -c",
	)
}

// recordsCommand shows a list that a node serves at /v1/NAME, with filters that the node knows.
func recordsCommand[T any](
	name, summary string, filters map[string]string, show func(io.Writer, T) error, examples ...string,
) command {
	return command{
		name: name, summary: summary, examples: examples,
		define: func(fs *flag.FlagSet) action {
			for filter, usage := range filters {
				fs.String(filter, "", usage)
			}
			fs.Int("limit", 100, fmt.Sprintf("the newest `N`, 1 to %d", api.MaxRecords))
			asJSON := fs.Bool("json", false, "one JSON object a line")
			target := urlFlag(fs)
			return func(ctx context.Context, p program, _ []string) error {
				base, err := serverURL(*target)
				if err != nil {
					return err
				}
				query := url.Values{"limit": {fs.Lookup("limit").Value.String()}}
				for filter := range filters {
					query.Set(filter, fs.Lookup(filter).Value.String())
				}
				lists, err := askFor[map[string][]T](ctx, base+"/v1/"+name+"?"+query.Encode(), maxRecords)
				if err != nil {
					return err
				}
				return writeRecords(p.stdout, lists[name], *asJSON, show)
			}
		},
	}
}

func writeRecords[T any](out io.Writer, list []T, asJSON bool, show func(io.Writer, T) error) error {
	if asJSON {
		show = func(out io.Writer, record T) error { return json.NewEncoder(out).Encode(record) }
	}
	for _, record := range list {
		if err := show(out, record); err != nil {
			return fmt.Errorf("write records: %w", err)
		}
	}
	return nil
}

// maxRecords bounds the bytes of the answer: api.MaxRecords of about 1 KiB.
const maxRecords = 4 << 20
