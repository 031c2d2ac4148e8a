// Command chaos runs a cluster under faults that are drawn from a seed, and checks all the while that nothing is lost, nothing is
// false and everything recovers. It is started by scripts/chaos.sh, which builds what it needs.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(start(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// Exit codes.
const (
	exitViolated = 1 // an invariant did not hold
	exitFailed   = 2 // the run could not be made
)

// clockFile is where a node built with the tag chaos finds how far its clock is off.
const clockFile = "clock"

// beyond is how much longer than its plan a run may take, from the start of the cluster to its end.
const beyond = 10 * time.Minute

type options struct {
	seed    uint64
	minutes float64
	replay  string
	out     string
	image   string
	compose string

	binary   string // with it, processes instead of containers
	postgres string
}

// engine returns what runs the cluster.
func (o options) engine() engine {
	if o.binary != "" {
		return &processes{binary: o.binary, postgres: o.postgres}
	}
	return newContainers(fmt.Sprintf("chaos-%d", os.Getpid()), o.image, strings.Fields(o.compose))
}

func (o options) length() time.Duration { return time.Duration(o.minutes * float64(time.Minute)) }

func parseOptions(args []string, stderr io.Writer) (options, error) {
	var o options
	fs := flag.NewFlagSet("chaos", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.Uint64Var(&o.seed, "seed", 1, "`SEED` of the plan")
	fs.Float64Var(&o.minutes, "minutes", 3, "`MINUTES` from the first price to the verdict, at least 2")
	fs.StringVar(&o.replay, "replay", "", "event log `FILE` whose plan is run instead")
	fs.StringVar(&o.out, "out", "", "empty `FOLDER` for event log, report, logs and data; default: a new one")
	fs.StringVar(&o.image, "image", "gossip-price:chaos", "`IMAGE` of the nodes")
	fs.StringVar(&o.compose, "compose", "docker-compose", "`COMMAND` of compose")
	fs.StringVar(&o.binary, "binary", "", "the nodes' `PROGRAM`, to run processes instead of containers")
	fs.StringVar(&o.postgres, "postgres", os.Getenv("TEST_POSTGRESBIN"), "`FOLDER` with initdb and postgres, for processes")
	if err := fs.Parse(args); err != nil {
		return o, err
	}
	if fs.NArg() > 0 || o.minutes < 2 || o.minutes > 24*60 {
		return o, errors.New("usage: chaos --minutes 2..1440 --seed N; see --help")
	}
	return o, nil
}

// start does all but ending the process.
func start(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parseOptions(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	var held bool
	if err == nil {
		held, err = chaos(ctx, o, stdout, stderr)
	}
	switch {
	case err != nil:
		fmt.Fprintf(stderr, "chaos: %v\n", err)
		return exitFailed
	case !held:
		return exitViolated
	}
	return 0
}

// chaos makes a run and tells whether all invariants held.
func chaos(ctx context.Context, o options, stdout, stderr io.Writer) (held bool, err error) {
	if o.out == "" {
		if o.out, err = os.MkdirTemp("", "chaos"); err != nil {
			return false, err
		}
	}
	if err := os.MkdirAll(o.out, 0o755); err != nil { //nolint:gosec // containers reach into it
		return false, err
	}
	file, err := os.Create(filepath.Join(o.out, "events.jsonl"))
	if err != nil {
		return false, err
	}
	defer file.Close()
	events := &eventLog{out: io.MultiWriter(file, stderr)}
	note := func(text string) { events.write(event{Event: eventNote, Detail: text}) }
	e := o.engine()
	o, plan, err := planOf(o, e)
	if err != nil {
		return false, err
	}
	events.plan(o.seed, o.minutes, plan)
	if left := leftOut(e.abilities()); len(left) > 0 {
		note("NOT TESTED, the engine can't do it: " + strings.Join(left, ", "))
	}
	note("event log, report and logs are in " + o.out)
	ctx, cancel := context.WithTimeout(ctx, o.length()+beyond)
	defer cancel()
	r, err := newRun(o, plan, e, events)
	if err != nil {
		return false, err
	}
	err = r.do(ctx)
	report, createErr := os.Create(filepath.Join(o.out, "report.md"))
	if createErr != nil {
		return false, errors.Join(err, createErr)
	}
	defer report.Close()
	r.report(io.MultiWriter(report, stdout))
	return r.result(), err
}

// planOf draws the plan, or reads the one to be run again.
func planOf(o options, e engine) (options, []fault, error) {
	if o.replay != "" {
		var plan []fault
		var err error
		o.seed, o.minutes, plan, err = readPlan(o.replay)
		return o, plan, err
	}
	var can []kind
	for _, k := range kinds() {
		if possible(k, e.abilities()) {
			can = append(can, k)
		}
	}
	return o, draw(o.seed, o.length(), clusterNodes, clusterQuorum, can), nil
}
