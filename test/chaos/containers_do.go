package main

import (
	"context"
	"strconv"
)

func (e *containers) start(ctx context.Context, service string) error {
	if _, err := e.docker(ctx, "start", e.id(service)); err != nil {
		return err
	}
	return e.inspect(ctx, service)
}

func (e *containers) gone(service string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.pids[service] = 0
}

func (e *containers) kill(ctx context.Context, service string) error {
	defer e.gone(service)
	if _, err := e.docker(ctx, "kill", e.id(service)); err != nil {
		return err
	}
	_, err := e.docker(ctx, "wait", e.id(service))
	return err
}

func (e *containers) stop(ctx context.Context, service string) (int, error) {
	defer e.gone(service)
	if _, err := e.docker(ctx, "stop", "-t", "20", e.id(service)); err != nil {
		return 0, err
	}
	out, err := e.docker(ctx, "inspect", "-f", "{{.State.ExitCode}}", e.id(service))
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(out)
}

func (e *containers) pause(ctx context.Context, service string) error {
	_, err := e.docker(ctx, "pause", e.id(service))
	return err
}

func (e *containers) resume(ctx context.Context, service string) error {
	_, err := e.docker(ctx, "unpause", e.id(service))
	return err
}

func (e *containers) restarts(ctx context.Context, service string) (int, error) {
	out, err := e.docker(ctx, "inspect", "-f", "{{.RestartCount}}", e.id(service))
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(out)
}
