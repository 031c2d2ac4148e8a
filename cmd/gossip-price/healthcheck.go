package main

import (
	"context"
	"fmt"
	"time"
)

func healthCommand() command {
	c := command{
		name:    "healthcheck",
		summary: "for containers: exit code 0 if the node of GP_APIADDR answers /healthz",
		examples: []string{
			"gossip-price healthcheck",
			"gossip-price healthcheck --ready",
		},
	}
	c.run = func(p program, ctx context.Context, args []string) error {
		fs := c.flags(p.stdout)
		ready := fs.Bool("ready", false, "ask /readyz: can prices reach quorum and get stored?")
		target := fs.String("url", "", "another `URL` to ask")
		if err := parse(fs, args, 0); err != nil {
			return err
		}
		url := *target
		if url == "" {
			base, err := serverURL("")
			if err != nil {
				return err
			}
			url = base + "/healthz"
			if *ready {
				url = base + "/readyz"
			}
		}
		return checkHealth(ctx, url)
	}
	return c
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
