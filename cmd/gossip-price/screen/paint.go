package screen

import (
	"strings"
	"unicode"
)

// paint colours text, or leaves it as it is. Colour never tells anything that the words don't.
type paint bool

func (p paint) with(code, text string) string {
	if !p || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (p paint) bad(text string) string  { return p.with("1;31", text) }
func (p paint) warn(text string) string { return p.with("33", text) }
func (p paint) good(text string) string { return p.with("32", text) }
func (p paint) head(text string) string { return p.with("1", text) }
func (p paint) dim(text string) string  { return p.with("2", text) }

// clean replaces what would move the cursor or colour the screen: a part of an answer may be another node's word.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r > unicode.MaxLatin1 { // nothing that takes two columns, or none
			return '?'
		}
		return r
	}, text)
}

// clip shortens a clean text to so many columns.
func clip(text string, columns int) string {
	runes := []rune(text)
	switch {
	case len(runes) <= columns:
		return text
	case columns <= 2:
		return string(runes[:max(columns, 0)])
	}
	return string(runes[:columns-2]) + ".."
}
