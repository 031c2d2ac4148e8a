package main

import (
	"context"
	"errors"
	"strconv"
)

func (e *containers) unplug(ctx context.Context, service string) error {
	_, err := e.docker(ctx, "network", "disconnect", e.network, e.id(service))
	return err
}

func (e *containers) plug(ctx context.Context, service string) error {
	if _, err := e.docker(ctx, "network", "connect", e.network, e.id(service)); err != nil {
		return err
	}
	return e.inspect(ctx, service)
}

// cut sends what the service has for the others nowhere. Answers to what they send go nowhere either.
func (e *containers) cut(ctx context.Context, service string, others []string) error {
	for _, other := range others {
		address := e.address(other)
		if address == "" {
			continue
		}
		if err := e.route(ctx, service, "replace", "blackhole", address+"/32"); err != nil {
			return err
		}
	}
	return nil
}

func (e *containers) join(ctx context.Context, service string) error {
	return e.route(ctx, service, "flush", "type", "blackhole")
}

// route changes the routes in a container, from outside: the image has no tools.
func (e *containers) route(ctx context.Context, service string, arguments ...string) error {
	pid := e.pid(service)
	if pid == 0 {
		return errors.New("change routes: " + service + " does not run")
	}
	_, err := command(ctx, nil, "nsenter", append([]string{"-t", strconv.Itoa(pid), "-n", "ip", "route"}, arguments...)...)
	return err
}
