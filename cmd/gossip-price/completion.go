package main

import (
	"context"
	"flag"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

func completionCommand() command {
	return command{
		name:      "completion",
		summary:   "make a shell complete commands, flags and values, by a line in its start file",
		arguments: "bash|zsh|fish",
		most:      1,
		examples: []string{
			"source <(gossip-price completion bash)    # in ~/.bashrc",
			"source <(gossip-price completion zsh)     # in ~/.zshrc, after compinit",
			"gossip-price completion fish | source     # in ~/.config/fish/config.fish",
		},
		define: func(*flag.FlagSet) action {
			return func(_ context.Context, p program, arguments []string) error {
				scripts := map[string]func([]completed) string{
					"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion,
				}
				if len(arguments) == 0 || scripts[arguments[0]] == nil {
					return fmt.Errorf("%w: want 'completion bash', zsh or fish; see 'gossip-price completion --help'", errUsage)
				}
				_, err := fmt.Fprint(p.stdout, scripts[arguments[0]](completions()))
				return err
			}
		},
	}
}

// completed is what a shell has to know of a command.
type completed struct {
	name, summary string
	flags         []completedFlag
	arguments     choices
}

type completedFlag struct {
	name, usage string
	alone       bool // it takes no value
	value       choices
}

// choices is what can stand somewhere on the command line: some words, or a file. Of none of both nothing is known.
type choices struct {
	words []string
	files bool
}

// completions returns the command table as shells have to know it.
func completions() []completed {
	var all []completed
	for _, c := range commands() {
		fs := flag.NewFlagSet(c.name, flag.ContinueOnError)
		c.define(fs)
		own := completed{name: c.name, summary: c.summary, arguments: choicesOf(c.arguments)}
		fs.VisitAll(func(f *flag.Flag) {
			kind, usage := flag.UnquoteUsage(f)
			own.flags = append(own.flags, completedFlag{f.Name, usage, kind == "", choicesOf(kind)})
		})
		own.flags = append(own.flags, completedFlag{name: "help", usage: "show flags and examples", alone: true})
		all = append(all, own)
	}
	return all
}

// choicesOf reads what help says of a value or of arguments, such as `auto|live|FILE`: words in small letters stand for
// themselves, some in capitals for what shells know.
func choicesOf(kind string) choices {
	var c choices
	for _, word := range regexp.MustCompile(`[-A-Za-z]+`).FindAllString(kind, -1) {
		switch {
		case strings.HasPrefix(word, "-"): // a flag, which has its own place
		case slices.Contains([]string{"FILE", "DIR", "CSV"}, word):
			c.files = true
		case word == "COMMAND":
			for _, other := range commands() {
				c.words = append(c.words, other.name)
			}
		case word == strings.ToLower(word):
			c.words = append(c.words, word)
		}
	}
	return c
}

// names returns the flags as they are written.
func (c completed) names() []string {
	var names []string
	for _, f := range c.flags {
		names = append(names, "--"+f.name)
	}
	return names
}

// shellQuote returns the text as one word in single quotes, the way sh, bash and zsh read it.
func shellQuote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
