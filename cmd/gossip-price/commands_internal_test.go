package main

import (
	"flag"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every command has what its help shows, and shows it on stdout for --help only.
func TestCommandsAreComplete(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	for _, c := range commands() {
		if c.name == "" || c.summary == "" || c.define == nil || len(c.examples) == 0 || seen[c.name] {
			t.Errorf("command %q is incomplete, or there are two", c.name)
		}
		seen[c.name] = true
		p, stdout, stderr := screenOf(t, false)
		if code := p.run(t.Context(), []string{c.name, "--help"}); code != 0 || stderr() != "" {
			t.Errorf("%s --help: exit code %d, stderr %q", c.name, code, stderr())
		}
		for _, text := range append([]string{c.summary, "usage: gossip-price " + c.name}, c.examples...) {
			if !strings.Contains(stdout(), text) {
				t.Errorf("%s --help does not say %q:\n%s", c.name, text, stdout())
			}
		}
		for line := range strings.Lines(stdout()) {
			if len(line) > columns+1 {
				t.Errorf("%s --help has a line of %d columns: %s", c.name, len(line), line)
			}
		}
		p, stdout, stderr = screenOf(t, false)
		code := p.run(t.Context(), []string{c.name, "--no-such-flag"})
		if hint := "see 'gossip-price " + c.name + " --help'"; code != exitUsage || stdout() != "" || !strings.Contains(stderr(), hint) {
			t.Errorf("%s with a wrong flag: exit code %d, stdout %q, stderr %q", c.name, code, stdout(), stderr())
		}
	}
	if len(seen) < 15 {
		t.Errorf("%d commands", len(seen))
	}
}

// What help shows as an example is what the program takes: each command, flag and number of arguments.
func TestExamplesParse(t *testing.T) {
	t.Parallel()
	var lines []string
	for _, c := range commands() {
		if !slices.ContainsFunc(c.examples, func(line string) bool { return strings.Contains(line, "gossip-price "+c.name) }) {
			t.Errorf("no example of %s calls it: %q", c.name, c.examples)
		}
		lines = append(lines, c.examples...)
	}
	for _, e := range guide() {
		lines = append(lines, e.lines...)
	}
	for _, line := range lines {
		found := calledBy(line)
		if len(found) == 0 {
			t.Errorf("the example %q calls nothing", line)
		}
		for _, args := range found {
			if err := parses(args); err != nil {
				t.Errorf("the example %q: %v", line, err)
			}
		}
	}
}

// calledBy returns the arguments of each call of the program in a line for a shell.
func calledBy(line string) (calls [][]string) {
	line, _, _ = strings.Cut(line, "   #")
	for _, part := range regexp.MustCompile(`\||<\(|;`).Split(line, -1) {
		words := strings.Fields(strings.TrimRight(strings.TrimSpace(part), ")"))
		for len(words) > 0 && regexp.MustCompile(`^[A-Z_]+=`).MatchString(words[0]) {
			words = words[1:]
		}
		if len(words) == 0 || words[0] != "gossip-price" {
			continue
		}
		if end := slices.Index(words, ">"); end >= 0 {
			words = words[:end]
		}
		calls = append(calls, words[1:])
	}
	return calls
}

// parses tells whether a command takes these arguments.
func parses(args []string) error {
	if len(args) == 0 {
		return nil // it runs a node
	}
	c, err := lookup(args[0])
	if err != nil {
		return err
	}
	fs := flag.NewFlagSet(c.name, flag.ContinueOnError)
	c.define(fs)
	_, _, err = parse(fs, args[1:], c.most)
	return err
}

// The test of examples finds wrong ones.
func TestWrongExamples(t *testing.T) {
	t.Parallel()
	for line, good := range map[string]bool{
		"GP_X=1 gossip-price":                                  true,
		"gossip-price prices --all | gossip-price verify f":    true,
		"gossip-price prices --al":                             false,
		"gossip-price prices --all | gossip-price verify f g":  false,
		"gossip-price price":                                   false,
		"source <(gossip-price completion bash zsh)   # a b c": false,
		"GP_X=1 gossip-price prices --limit many > file":       false,
	} {
		var err error
		for _, args := range calledBy(line) {
			if own := parses(args); own != nil {
				err = own
			}
		}
		if (err == nil) != good {
			t.Errorf("%q: %v", line, err)
		}
	}
}

func testFlags() *flag.FlagSet {
	fs := flag.NewFlagSet("test", flag.ContinueOnError)
	fs.Int("number", 5, "how `MANY`")
	fs.Bool("yes", false, "say yes")
	fs.String("text", "", "a `ONE|TWO` of "+strings.Repeat("word ", 20))
	return fs
}

func TestParse(t *testing.T) {
	t.Parallel()
	for line, want := range map[string][]string{
		"": {}, "file": {"file"}, "--yes": {}, "-number 3 file": {"file"}, "--number=3 --yes": {}, "file --yes": {"file"},
		"a b": nil, "--number x": nil, "--none": nil, "--yes=maybe": nil, "file --none": nil,
	} {
		arguments, help, err := parse(testFlags(), strings.Fields(line), 1)
		if (err == nil) != (want != nil) || !slices.Equal(arguments, want) || help {
			t.Errorf("%q: %v, help %t, %v", line, arguments, help, err)
		}
		if err != nil && !strings.Contains(err.Error(), "see 'gossip-price test --help'") {
			t.Errorf("%q: no hint in %v", line, err)
		}
	}
	if _, help, err := parse(testFlags(), []string{"file", "-h"}, 1); !help || err != nil {
		t.Errorf("-h: help %t, %v", help, err)
	}
}

func TestCommandHelp(t *testing.T) {
	t.Parallel()
	c := command{name: "test", summary: "tests", arguments: "[FILE]", examples: []string{"one", "two"}, exits: "0 for good"}
	var out strings.Builder
	if err := c.help(&out, testFlags()); err != nil {
		t.Fatal(err)
	}
	want := "gossip-price test: tests\n\nusage: gossip-price test [FLAGS] [FILE]\n\nflags:\n" +
		"  --number MANY                how MANY (default 5)\n" +
		"  --text ONE|TWO               a ONE|TWO of" + strings.Repeat(" word", 15) + "\n" +
		"                               word word word word word\n" +
		"  --yes                        say yes\n\nexamples:\n  one\n  two\n\nexit code: 0 for good\n"
	if out.String() != want {
		t.Errorf("help:\n%s\nwant:\n%s", &out, want)
	}
}
