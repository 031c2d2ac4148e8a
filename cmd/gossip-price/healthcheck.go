package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"time"
)

func healthCommand() command {
	return command{
		name:    "healthcheck",
		summary: "for containers: exit code 0 if the node of GP_APIADDR answers /healthz",
		examples: []string{
			"gossip-price healthcheck",
			"gossip-price healthcheck --ready",
			"gossip-price healthcheck --url http://10.0.0.7:9000/readyz --json",
		},
		exits: "0 if the answer is 200 OK, 1 if it is another one or none",
		define: func(fs *flag.FlagSet) action {
			ready := fs.Bool("ready", false, "ask /readyz: can prices reach quorum and get stored?")
			target := fs.String("url", "", "another `URL` to ask")
			asJSON := fs.Bool("json", false, "one JSON object: the URL, whether it is well, and what is wrong")
			return func(ctx context.Context, p program, _ []string) error {
				url, err := healthURL(*target, *ready)
				if err != nil {
					return err
				}
				err = checkHealth(ctx, url)
				if *asJSON && !errors.Is(err, errUsage) {
					return errors.Join(err, json.NewEncoder(p.stdout).Encode(map[string]any{
						"url": url, "ok": err == nil, "error": errorText(err),
					}))
				}
				return err
			}
		},
	}
}

// healthURL returns what to ask: the target, or a path of the node of the settings.
func healthURL(target string, ready bool) (string, error) {
	if target != "" {
		return target, nil
	}
	base, err := serverURL("")
	if ready {
		return base + "/readyz", err
	}
	return base + "/healthz", err
}

const healthTimeout = 3 * time.Second

func checkHealth(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	if _, err := ask(ctx, url, maxShown); err != nil {
		return fmt.Errorf("ask health: %w", err)
	}
	return nil
}
