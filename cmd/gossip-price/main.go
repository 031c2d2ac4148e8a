// Command gossip-price is the whole product in one binary: a gossip node, a bootstrap node, a network for trying out, and
// the tools to read and check what they wrote. See the README.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/term"

	"github.com/gossip-price/gossip-price/node/devnet"
	"github.com/gossip-price/gossip-price/node/org"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	p := program{
		stdin:    os.Stdin,
		stdout:   plain{os.Stdout},
		stderr:   plain{os.Stderr},
		terminal: func(fd uintptr) bool { return term.IsTerminal(int(fd)) }, //nolint:gosec // the system has them as int
	}
	os.Exit(p.run(ctx, os.Args[1:]))
}

// program is the command line with its surroundings.
type program struct {
	stdin          io.Reader
	stdout, stderr plain
	terminal       func(fd uintptr) bool
}

// Exit codes: 0 is success only. Help lists them.
const (
	exitFailure = 1 // the command did not do what it was asked for
	exitUsage   = 2 // it was asked wrongly
)

// errUsage is wrapped by the errors of a wrong command line.
var errUsage = errors.New("wrong usage")

// run finds the command, runs it and returns the exit code. Without a command it runs a node.
func (p program) run(ctx context.Context, args []string) int {
	name := "run"
	switch {
	case len(args) == 0:
	case slices.Contains([]string{"--help", "-help", "-h"}, args[0]):
		name, args = "help", nil
	case !strings.HasPrefix(args[0], "-"):
		name, args = args[0], args[1:]
	}
	c, err := lookup(name)
	if err == nil {
		err = c.run(ctx, p, args)
	}
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errUsage), errors.Is(err, devnet.ErrOptions), errors.Is(err, org.ErrOptions):
		fmt.Fprintf(p.stderr, "%s: %v\n", strings.TrimSpace("gossip-price "+c.name), err)
		return exitUsage
	default:
		fmt.Fprintf(p.stderr, "gossip-price: %v\n", err)
		return exitFailure
	}
}
