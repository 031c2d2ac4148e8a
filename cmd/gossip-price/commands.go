package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
)

// command is one subcommand.
type command struct {
	name, arguments, summary string
	examples                 []string
	run                      func(p program, ctx context.Context, args []string) error
}

func commands() []command {
	return []command{
		runCommand(), devnetCommand(), pricesCommand(), verifyCommand(), evidenceCommand(), refusalsCommand(), asideCommand(),
		keygenCommand(), orgCommand(), migrateCommand(), configCommand(), replayCommand(), healthCommand(), versionCommand(),
		helpCommand(),
	}
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

// flags returns an empty flag set whose help shows what the command is for, its flags and its examples on out.
func (c command) flags(out io.Writer) *flag.FlagSet {
	fs := flag.NewFlagSet(c.name, flag.ContinueOnError)
	fs.SetOutput(io.Discard) // parse shows help and errors itself
	fs.Usage = func() {
		words := c.name
		fs.VisitAll(func(*flag.Flag) { words = c.name + " [FLAGS]" })
		words = strings.TrimSpace(words + " " + c.arguments)
		fmt.Fprintf(out, "gossip-price %s: %s\n\nusage: gossip-price %s\n", c.name, c.summary, words)
		flagHelp(out, fs)
		fmt.Fprintf(out, "\nexamples:\n  %s\n", strings.Join(c.examples, "\n  "))
	}
	return fs
}

func flagHelp(out io.Writer, fs *flag.FlagSet) {
	title := "\nflags:\n"
	fs.VisitAll(func(f *flag.Flag) {
		kind, text := flag.UnquoteUsage(f)
		if !slices.Contains([]string{"", "false", "0", "0s"}, f.DefValue) {
			text += " (default " + f.DefValue + ")"
		}
		fmt.Fprintf(out, "%s  %-23s  %s\n", title, strings.TrimSpace("--"+f.Name+" "+kind), wrap(text, 27))
		title = ""
	})
}

// parse reads the flags and at most the given number of arguments behind them. Errors wrap errUsage, or are flag.ErrHelp
// when help was asked for and shown.
func parse(fs *flag.FlagSet, args []string, most int) error {
	help := fs.Usage
	fs.Usage = func() {} // package flag would show it for errors too
	if err := fs.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			help()
			return err
		}
		return fmt.Errorf("%w: %w; see 'gossip-price %s --help'", errUsage, err, fs.Name())
	}
	if fs.NArg() > most {
		return fmt.Errorf("%w: unexpected %q; see 'gossip-price %s --help'", errUsage, fs.Arg(most), fs.Name())
	}
	return nil
}
