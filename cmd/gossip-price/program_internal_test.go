package main

import (
	"context"
	"flag"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// screenOf returns a program that writes to files, and what reads what it wrote.
func screenOf(t *testing.T, terminal bool) (p program, stdout, stderr func() string) {
	t.Helper()
	open := func(name string) (*os.File, func() string) {
		f, err := os.Create(filepath.Join(t.TempDir(), name))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Close() })
		return f, func() string {
			b, err := os.ReadFile(f.Name())
			if err != nil {
				t.Fatal(err)
			}
			return string(b)
		}
	}
	p = program{stdin: strings.NewReader(""), terminal: func(uintptr) bool { return terminal }}
	p.stdout, stdout = open("stdout")
	p.stderr, stderr = open("stderr")
	return p, stdout, stderr
}

// Every command has what its help shows, and shows it on stdout for --help only.
func TestCommandsAreComplete(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	for _, c := range commands() {
		if c.name == "" || c.summary == "" || c.run == nil || seen[c.name] {
			t.Errorf("command %q is incomplete, or there are two", c.name)
		}
		seen[c.name] = true
		p, stdout, stderr := screenOf(t, false)
		if code := p.run(t.Context(), []string{c.name, "--help"}); code != 0 || stdout() == "" || stderr() != "" {
			t.Errorf("%s --help: exit code %d, stderr %q", c.name, code, stderr())
		}
		for line := range strings.Lines(stdout()) {
			if len(line) > columns+1 {
				t.Errorf("%s --help has a line of %d columns: %s", c.name, len(line), line)
			}
		}
		if c.name == "help" {
			continue
		}
		if len(c.examples) == 0 && c.name != "run" { // whose help is that of the whole
			t.Errorf("command %s has no example", c.name)
		}
		p, stdout, stderr = screenOf(t, false)
		if code := p.run(t.Context(), []string{c.name, "--no-such-flag"}); code != exitUsage || stdout() != "" || stderr() == "" {
			t.Errorf("%s with a wrong flag: exit code %d, stdout %q", c.name, code, stdout())
		}
	}
}

// A pipe gets JSON, a terminal text, unless a format is asked for; durations can be read in both.
func TestLogger(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		terminal bool
		format   string
		json     bool
	}{
		"auto, terminal": {true, "auto", false},
		"auto, pipe":     {false, "auto", true},
		"text, pipe":     {false, "text", false},
		"json, terminal": {true, "json", true},
	} {
		p, stdout, stderr := screenOf(t, test.terminal)
		log := p.logger(slog.LevelWarn, test.format)
		log.Info("low")
		log.Warn("high", "in", 1500*time.Millisecond, "n", 7)
		want := "level=WARN msg=high in=1.5s n=7\n"
		if test.json {
			want = `"level":"WARN","msg":"high","in":"1.5s","n":7}` + "\n"
		}
		if got := stderr(); !strings.HasSuffix(got, want) || strings.Contains(got, "low") || stdout() != "" {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	newFlags := func(out io.Writer) *flag.FlagSet {
		c := command{name: "test", summary: "tests", arguments: "[FILE]", examples: []string{"one", "two"}}
		fs := c.flags(out)
		fs.Int("number", 5, "how `MANY`")
		fs.Bool("yes", false, "say yes")
		fs.String("text", "", "a `ONE|TWO` of "+strings.Repeat("word ", 20))
		return fs
	}
	var out strings.Builder
	fs := newFlags(&out)
	if err := parse(fs, []string{"--help"}, 0); err == nil {
		t.Error("help is no error")
	}
	want := "gossip-price test: tests\n\nusage: gossip-price test [FLAGS] [FILE]\n\nflags:\n" +
		"  --number MANY            how MANY (default 5)\n" +
		"  --text ONE|TWO           a ONE|TWO of" + strings.Repeat(" word", 16) + "\n" +
		"                           word word word word\n" +
		"  --yes                    say yes\n\nexamples:\n  one\n  two\n"
	if out.String() != want {
		t.Errorf("help:\n%s\nwant:\n%s", &out, want)
	}
	out.Reset()
	for line, good := range map[string]bool{
		"": true, "file": true, "--yes": true, "-number 3 file": true, "--number=3 --yes": true,
		"a b": false, "--number x": false, "--none": false, "--yes=maybe": false, "file --yes": false,
	} {
		err := parse(newFlags(&out), strings.Fields(line), 1)
		if (err == nil) != good {
			t.Errorf("%q: %v", line, err)
		}
		if err != nil && !strings.Contains(err.Error(), "see 'gossip-price test --help'") {
			t.Errorf("%q: no hint in %v", line, err)
		}
	}
	if out.Len() > 0 {
		t.Errorf("help that nobody asked for: %s", &out)
	}
}

func TestStoreURL(t *testing.T) {
	t.Parallel()
	if got, err := storeURL("sqlite:x"); got != "sqlite:x" || err != nil {
		t.Errorf("the flag's store: %s, %v", got, err)
	}
	file := filepath.Join(t.TempDir(), "prices.db")
	if err := checkExists("sqlite:" + file); err == nil {
		t.Error("a file that is not there exists")
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, url := range []string{"sqlite:" + file, "postgres://host/db"} {
		if err := checkExists(url); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
}

// A stop while a server answers is a success.
func TestReplayStops(t *testing.T) {
	t.Parallel()
	p, _, stderr := screenOf(t, false)
	ctx, cancel := context.WithCancel(t.Context())
	code := make(chan int, 1)
	go func() { code <- p.run(ctx, []string{"replay-prices", "--addr", "127.0.0.1:0"}) }()
	deadline := time.After(20 * time.Second)
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for !strings.Contains(stderr(), "http://127.0.0.1:") {
		select {
		case <-deadline:
			t.Fatal("it does not start")
		case <-ticker.C:
		}
	}
	cancel()
	if got := <-code; got != 0 {
		t.Errorf("exit code %d: %s", got, stderr())
	}
}
