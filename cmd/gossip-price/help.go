package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/gossip-price/gossip-price/global/config"
)

func helpCommand() command {
	return command{
		name:      "help",
		summary:   "show this help, or that of a command",
		arguments: "[COMMAND]",
		most:      1,
		examples:  []string{"gossip-price help", "gossip-price help prices"},
		define: func(*flag.FlagSet) action {
			return func(ctx context.Context, p program, arguments []string) error {
				if len(arguments) == 0 {
					return help(p.stdout)
				}
				c, err := lookup(arguments[0])
				if err != nil {
					return err
				}
				return c.run(ctx, p, []string{"--help"})
			}
		},
	}
}

// help shows all commands and all settings.
func help(out io.Writer) error {
	var b strings.Builder
	b.WriteString("gossip-price: a price oracle network in one binary\n\n" +
		"usage: gossip-price [COMMAND] [FLAGS]     without a command it runs a node\n")
	for _, g := range groups() {
		fmt.Fprintf(&b, "\n%s:\n", g.name)
		for _, c := range g.commands {
			fmt.Fprintf(&b, "  %-13s  %s\n", c.name, wrap(c.summary, 17))
		}
	}
	b.WriteString(`
'gossip-price COMMAND --help' shows a command's flags and examples.

exit codes:
  0  done
  1  not done, or what was asked about is not well; stderr says why
  2  asked wrongly: no such command, flag or value

settings of a node (an empty variable counts as unset):
`)
	for _, s := range config.Settings() {
		fmt.Fprintf(&b, "  %-21s  %-24s  %s\n", s.Name, s.Default, wrap(s.Description, 51))
	}
	b.WriteString("\nexamples:\n")
	for _, e := range guide() {
		fmt.Fprintf(&b, "  %s:\n    %s\n", e.purpose, strings.Join(e.lines, "\n    "))
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// example is lines for a shell, and what they are for.
type example struct {
	purpose string
	lines   []string
}

// guide returns what somebody who begins wants to do.
func guide() []example {
	return []example{
		{"a whole network in this terminal, nothing to install", []string{"gossip-price devnet"}},
		{"a bootstrap node, and a node that finds the others by it", []string{
			"GP_BOOTSTRAP=true gossip-price",
			"GP_BOOTSTRAPADDR=/dns4/HOST/tcp/8000/p2p/ID GP_SIGNERS=0x..,0x..,0x.. gossip-price",
		}},
		{"check every stored price", []string{
			"gossip-price prices --all --json | gossip-price verify --signers roster.txt --quorum 3",
		}},
	}
}

// help shows what the command is for, its flags, its examples and its exit codes.
func (c command) help(out io.Writer, fs *flag.FlagSet) error {
	var b strings.Builder
	fmt.Fprintf(&b, "gossip-price %s: %s\n\nusage: %s\n", c.name, c.summary, c.usage(fs))
	flagHelp(&b, fs)
	fmt.Fprintf(&b, "\nexamples:\n  %s\n", strings.Join(c.examples, "\n  "))
	if c.exits != "" {
		fmt.Fprintf(&b, "\nexit code: %s\n", wrap(c.exits, len("exit code: ")))
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func flagHelp(b *strings.Builder, fs *flag.FlagSet) {
	title := "\nflags:\n"
	fs.VisitAll(func(f *flag.Flag) {
		kind, text := flag.UnquoteUsage(f)
		if !slices.Contains([]string{"", "false", "0", "0s"}, f.DefValue) {
			text += " (default " + f.DefValue + ")"
		}
		fmt.Fprintf(b, "%s  %-27s  %s\n", title, strings.TrimSpace("--"+f.Name+" "+kind), wrap(text, 31))
		title = ""
	})
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
