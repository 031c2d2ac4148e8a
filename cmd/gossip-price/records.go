package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/node/api"
)

func evidenceCommand() command {
	return recordsCommand("evidence", "show the signers that a running node has proof against: two prices signed for one round",
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
		func(out io.Writer, r api.Refusal) error {
			own := "none"
			if r.OwnPrice != nil {
				own = r.OwnPrice.String()
			}
			_, err := fmt.Fprintf(out, "%s  %s  %-12s  %s of %s: %s, own price %s\n",
				time.Time(r.Time).Format(timeFormat), r.ID.Short(), r.Pair, r.Price, r.FirstSigner, r.Reason, own)
			return err
		},
		"gossip-price refusals",
		"gossip-price refusals --json --limit 1000 | jq -r .reason | sort | uniq -c",
	)
}

// recordsCommand shows a list that a node serves at /v1/NAME.
func recordsCommand[T any](name, summary string, show func(io.Writer, T) error, examples ...string) command {
	c := command{name: name, summary: summary, examples: examples}
	c.run = func(p program, ctx context.Context, args []string) error {
		fs := c.flags(p.stdout)
		limit := fs.Int("limit", 100, fmt.Sprintf("the newest `N`, 1 to %d", api.MaxRecords))
		asJSON := fs.Bool("json", false, "one JSON object a line")
		target := fs.String("url", "", "`URL` of the node's HTTP server; default that of GP_APIADDR")
		if err := parse(fs, args, 0); err != nil {
			return err
		}
		base, err := nodeURL(*target)
		if err != nil {
			return err
		}
		list, err := askRecords[T](ctx, fmt.Sprintf("%s/v1/%s?limit=%d", base, name, *limit), name)
		if err != nil {
			return err
		}
		for _, record := range list {
			if *asJSON {
				err = json.NewEncoder(p.stdout).Encode(record)
			} else {
				err = show(p.stdout, record)
			}
			if err != nil {
				return fmt.Errorf("write %s: %w", name, err)
			}
		}
		return nil
	}
	return c
}

// nodeURL returns the node's HTTP server that the flag names, or the one of the settings.
func nodeURL(flagged string) (string, error) {
	if flagged != "" {
		return flagged, nil
	}
	cfg, err := config.Load()
	if err != nil {
		return "", err
	}
	return "http://" + dialable(cfg.APIAddr), nil
}

const (
	recordsTimeout = 10 * time.Second
	maxRecords     = 4 << 20 // bytes of the answer: api.MaxRecords of about 1 KiB
)

func askRecords[T any](ctx context.Context, url, name string) ([]T, error) {
	ctx, cancel := context.WithTimeout(ctx, recordsTimeout)
	defer cancel()
	body, err := ask(ctx, url, maxRecords)
	if err != nil {
		return nil, fmt.Errorf("ask node: %w", err)
	}
	var lists map[string][]T
	if err := json.Unmarshal(body, &lists); err != nil {
		return nil, fmt.Errorf("ask node: read answer: %w", err)
	}
	return lists[name], nil
}

// ask gets a node's answer of at most so many bytes. Anything but status 200 is an error that shows the answer.
func ask(ctx context.Context, url string, most int64) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUsage, err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%w; is the node running, and is this its GP_APIADDR?", err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, most))
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %.*s", resp.Status, maxAnswer, bytes.TrimSpace(body))
	}
	return body, err
}
