package main

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// A command without flags does not show any in its usage.
func TestNoFlags(t *testing.T) {
	t.Parallel()
	p, stdout, _ := screenOf(t, false)
	p.run(t.Context(), []string{"run", "--help"})
	if want := "\n\nusage: gossip-price run\n\nexamples:\n"; !strings.Contains(stdout(), want) {
		t.Errorf("%q is not in\n%s", want, stdout())
	}
}

// Wrapping loses no word, keeps to the columns where the words allow it, and breaks no line early.
func TestWrap(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOf(rapid.StringMatching(`[a-z]{1,130}`)).Draw(t, "words")
		indent := rapid.IntRange(0, 60).Draw(t, "indent")
		wrapped := wrap(strings.Join(words, " "), indent)
		if !slices.Equal(strings.Fields(wrapped), words) {
			t.Fatalf("words are lost: %q", wrapped)
		}
		column := indent
		for i, line := range strings.Split(wrapped, "\n") {
			text := line
			if i > 0 {
				var indented bool
				if text, indented = strings.CutPrefix(line, strings.Repeat(" ", indent)); !indented {
					t.Fatalf("not indented: %q", line)
				}
				first, _, _ := strings.Cut(text, " ")
				if column+1+len(first) <= columns {
					t.Fatalf("%q was broken at %d", first, column)
				}
			}
			if column = indent + len(text); column > columns && strings.Contains(text, " ") {
				t.Fatalf("%d columns: %q", column, line)
			}
		}
	})
}
