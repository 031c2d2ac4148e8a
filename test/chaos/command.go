package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// callTimeout bounds one program that is run, the start of all containers too.
const callTimeout = 120 * time.Second

// command runs a program, with more variables than this one has, and returns what it writes; what it complains of is in the error.
func command(ctx context.Context, environment []string, name string, arguments ...string) (string, error) {
	return output(ctx, func(c *exec.Cmd) { c.Env = append(os.Environ(), environment...) }, name, arguments...)
}

// commandAs runs a program as somebody else.
func commandAs(ctx context.Context, as *syscall.SysProcAttr, name string, arguments ...string) (string, error) {
	return output(ctx, func(c *exec.Cmd) { c.SysProcAttr, c.Dir = as, "/" }, name, arguments...)
}

func output(ctx context.Context, prepare func(*exec.Cmd), name string, arguments ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	c := exec.CommandContext(ctx, name, arguments...)
	var out, complaint bytes.Buffer
	c.Stdout, c.Stderr = &out, &complaint
	c.WaitDelay = time.Second
	prepare(c)
	if err := c.Run(); err != nil {
		return "", fmt.Errorf("%s %s: %w: %s", name, strings.Join(arguments, " "), err, strings.TrimSpace(complaint.String()))
	}
	return strings.TrimSpace(out.String()), nil
}
