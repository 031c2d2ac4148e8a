package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
)

// parse reads flags and the arguments between and behind them, at most so many. It tells whether help was asked for: nothing
// else is read then. Errors wrap errUsage.
func parse(fs *flag.FlagSet, args []string, most int) (arguments []string, help bool, err error) {
	fs.SetOutput(io.Discard) // errors and help are shown by who called
	for {
		if err := fs.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, true, nil
			}
			return nil, false, fmt.Errorf("%w: %w; see 'gossip-price %s --help'", errUsage, err, fs.Name())
		}
		if fs.NArg() == 0 {
			return arguments, false, nil
		}
		if len(arguments) == most {
			return nil, false, fmt.Errorf("%w: unexpected %q; see 'gossip-price %s --help'", errUsage, fs.Arg(0), fs.Name())
		}
		arguments, args = append(arguments, fs.Arg(0)), fs.Args()[1:]
	}
}

// hasFlags tells whether any flag is declared.
func hasFlags(fs *flag.FlagSet) bool {
	found := false
	fs.VisitAll(func(*flag.Flag) { found = true })
	return found
}
