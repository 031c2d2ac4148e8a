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
			c, err := lookup(args[0])
			if err != nil {
				return err
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
		fmt.Fprintf(out, "  %-21s  %-24s  %s\n", s.Name, s.Default, wrap(s.Description, 51))
	}
	fmt.Fprint(out, `
examples:
  a whole network in this terminal, nothing to install:
    gossip-price devnet
  a bootstrap node, and a node that finds the others by it:
    GP_BOOTSTRAP=true gossip-price
    GP_BOOTSTRAPADDR=/dns4/HOST/tcp/8000/p2p/ID GP_SIGNERS=0x..,0x..,0x.. gossip-price
  check every stored price:
    gossip-price prices --all --json | gossip-price verify --signers roster.txt --quorum 3
`)
}

// columns is how wide help may be.
const columns = 120

// wrap breaks a text that begins at the indent between words, and indents all its lines.
func wrap(text string, indent int) string {
	var b strings.Builder
	column := indent
	for _, word := range strings.Fields(text) {
		switch {
		case column == indent:
		case column+1+len(word) > columns:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			column = indent
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	return b.String()
}
