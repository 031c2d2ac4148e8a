package main

import (
	"fmt"
	"strings"
)

// fishCompletion returns a script of one line for each thing that can be completed.
func fishCompletion(all []completed) string {
	var b strings.Builder
	b.WriteString("# fish completion of gossip-price; in ~/.config/fish/config.fish: gossip-price completion fish | source\n" +
		"complete -c gossip-price -f\n")
	for _, c := range all {
		fmt.Fprintf(&b, "complete -c gossip-price -n __fish_use_subcommand -a %s -d %s\n", c.name, fishQuote(c.summary))
	}
	for _, c := range all {
		begin := "complete -c gossip-price -n " + fishQuote("__fish_seen_subcommand_from "+c.name)
		for _, f := range c.flags {
			fmt.Fprintf(&b, "%s -l %s%s -d %s\n", begin, f.name, fishValue(f), fishQuote(f.usage))
		}
		if len(c.arguments.words) > 0 {
			fmt.Fprintf(&b, "%s -a %s\n", begin, fishQuote(strings.Join(c.arguments.words, " ")))
		}
		if c.arguments.files {
			fmt.Fprintf(&b, "%s -F\n", begin)
		}
	}
	return b.String()
}

// fishValue returns the options that say what a flag takes.
func fishValue(f completedFlag) string {
	if f.alone {
		return ""
	}
	words := ""
	if len(f.value.words) > 0 {
		words = " -a " + fishQuote(strings.Join(f.value.words, " "))
	}
	if f.value.files {
		return " -r -F" + words
	}
	return " -x" + words
}

// fishQuote returns the text as one word the way fish reads it.
func fishQuote(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
}
