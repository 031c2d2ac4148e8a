package devnet

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
)

const erase = "\r\x1b[K"

// shown returns what a screen writes while f uses it, with all times the same.
func shown(terminal bool, f func(s *screen)) string {
	var out bytes.Buffer
	f(&screen{out: &out, terminal: terminal, mark: replayMark})
	return regexp.MustCompile(`\d\d:\d\d:\d\d\.\d{3}`).ReplaceAllString(out.String(), "12:00:00.000")
}

func script(s *screen) {
	s.busy("asking ..")
	s.show("")
	s.plain("one\n\ntwo %d\n", 2)
	s.line("a line")
	s.show("status")
	s.show("status") // nothing new
	s.line("above %s", "it")
	s.show("other")
	s.show("")
	s.plain("end\n")
}

func TestScreenTerminal(t *testing.T) {
	t.Parallel()
	expectText(t, shown(true, script), "REPLAY asking .."+
		erase+"REPLAY one\nREPLAY \nREPLAY two 2\n"+
		"REPLAY 12:00:00.000  a line\n"+
		"REPLAY status"+
		erase+"REPLAY 12:00:00.000  above it\nREPLAY status"+
		erase+"REPLAY other"+
		erase+"REPLAY end\n")
}

func TestScreenFile(t *testing.T) {
	t.Parallel()
	expectText(t, shown(false, script), `
REPLAY asking ..
REPLAY one
REPLAY 
REPLAY two 2
REPLAY 12:00:00.000  a line
REPLAY 12:00:00.000  above it
REPLAY end
`)
}

func TestQuoted(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"/tmp/net_1/prices.db": "/tmp/net_1/prices.db",
		"sqlite:/a/b-c.db":     "sqlite:/a/b-c.db",
		"":                     "''",
		"a b":                  "'a b'",
		"$HOME":                "'$HOME'",
		"~/net":                "'~/net'",
		"it's":                 `'it'\''s'`,
		`a"b\c`:                `'a"b\c'`,
	} {
		if got := ShellWord(word); got != want || strings.Contains(got, "\n") {
			t.Errorf("ShellWord(%s) = %s, want %s", word, got, want)
		}
	}
}
