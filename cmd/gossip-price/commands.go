package main

import (
	"context"
	"flag"
	"fmt"
	"strings"
)

// command is one subcommand.
type command struct {
	name, summary string
	arguments     string // behind the flags, as usage shows them
	most          int    // arguments at most
	examples      []string
	exits         string // what the exit code tells; empty: as for all
	// define declares the flags and returns what does the work once they are parsed.
	define func(fs *flag.FlagSet) action
}

// action does what a command is for. The arguments are those that are no flags.
type action func(ctx context.Context, p program, arguments []string) error

// group is commands for one purpose.
type group struct {
	name     string
	commands []command
}

// groups returns all commands in the order in which help lists them.
func groups() []group {
	return []group{
		{"run", []command{runCommand(), devnetCommand(), replayCommand()}},
		{"read", []command{pricesCommand(), statusCommand(), topCommand(), whyCommand(), refusalsCommand(), evidenceCommand()}},
		{"check", []command{verifyCommand(), doctorCommand(), healthCommand(), versionCommand()}},
		{"operate", []command{
			orgCommand(), keygenCommand(), configCommand(), migrateCommand(), asideCommand(), completionCommand(), helpCommand(),
		}},
	}
}

// commands returns the commands of all groups.
func commands() []command {
	var all []command
	for _, g := range groups() {
		all = append(all, g.commands...)
	}
	return all
}

// lookup finds a command. Its error wraps errUsage.
func lookup(name string) (command, error) {
	for _, c := range commands() {
		if c.name == name {
			return c, nil
		}
	}
	return command{}, fmt.Errorf("%w: no command %q; 'gossip-price help' lists them", errUsage, name)
}

// run reads the flags and arguments and does the work. Asked for help, it shows that instead.
func (c command) run(ctx context.Context, p program, args []string) error {
	fs := flag.NewFlagSet(c.name, flag.ContinueOnError)
	do := c.define(fs)
	arguments, asked, err := parse(fs, args, c.most)
	if err != nil {
		return err
	}
	if asked {
		return c.help(p.stdout, fs)
	}
	return do(ctx, p, arguments)
}

// usage returns how the command is called.
func (c command) usage(fs *flag.FlagSet) string {
	words := "gossip-price " + c.name
	if hasFlags(fs) {
		words += " [FLAGS]"
	}
	return strings.TrimSpace(words + " " + c.arguments)
}
