package main

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/gossip-price/gossip-price/global/config"
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
			cfg, err := config.Load()
			if err != nil {
				return err
			}
			path := "/healthz"
			if *ready {
				path = "/readyz"
			}
			url = "http://" + dialable(cfg.APIAddr) + path
		}
		return checkHealth(ctx, url)
	}
	return c
}

// dialable turns an address to listen on into one to ask: the unspecified host becomes loopback.
func dialable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err == nil && (host == "" || (ip != nil && ip.IsUnspecified())) {
		return net.JoinHostPort("localhost", port)
	}
	return addr
}

const (
	healthTimeout = 3 * time.Second
	maxAnswer     = 4 << 10 // bytes of the answer that are shown
)

func checkHealth(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	if _, err := ask(ctx, url, maxAnswer); err != nil {
		return fmt.Errorf("ask health: %w", err)
	}
	return nil
}
