package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/gossip-price/gossip-price/global/config"
)

func helpCommand() command {
	return command{
		name:    "help",
		summary: "show this help, or that of a command",
		run: func(p program, ctx context.Context, args []string) error {
			if len(args) == 0 || args[0] == "help" || strings.HasPrefix(args[0], "-") {
				help(p.stdout)
				return nil
			}
			c, ok := lookup(args[0])
			if !ok {
				return fmt.Errorf("%w: no command %q; 'gossip-price help' lists them", errUsage, args[0])
			}
			return c.run(p, ctx, []string{"--help"})
		},
	}
}

// help shows all commands and all settings.
func help(out io.Writer) {
	fmt.Fprint(out, `gossip-price: a price oracle network in one binary

usage: gossip-price [COMMAND] [FLAGS]     without a command it runs a node

commands:
`)
	tab := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, c := range commands() {
		fmt.Fprintf(tab, "  %s\t%s\n", c.name, c.summary)
	}
	_ = tab.Flush() // a closed output leaves nothing to do
	fmt.Fprint(out, "\n'gossip-price COMMAND --help' shows a command's flags.\n\nsettings of a node (an empty variable counts as unset):\n")
	for _, s := range config.Settings() {
		fmt.Fprintf(tab, "  %s\t%s\t%s\n", s.Name, s.Default, s.Description)
	}
	_ = tab.Flush()
	fmt.Fprint(out, `
examples:
  gossip-price devnet                               a whole network in this terminal, nothing to install
  gossip-price prices --json | gossip-price verify --signers roster.txt --quorum 3
  GP_BOOTSTRAP=true gossip-price                    a bootstrap node
`)
}
