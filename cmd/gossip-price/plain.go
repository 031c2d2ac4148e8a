package main

import (
	"fmt"
	"os"
	"strings"
	"unicode"
	"unicode/utf16"
)

// plain is a file that people read at a terminal. What is written to it is text and no control sequence: answers, proofs and
// errors have the words of nodes that nobody need trust. A screen of our own goes to the file itself.
type plain struct{ file *os.File }

// Write implements io.Writer. Each call must have whole characters, as those of fmt and encoding/json do.
func (p plain) Write(b []byte) (int, error) {
	if _, err := p.file.WriteString(printable(string(b))); err != nil {
		return 0, err
	}
	return len(b), nil
}

// printable escapes in a text what moves a cursor, colours a screen or turns the direction of writing, but for line feeds and tabs.
// It is done as JSON does it, so that JSON means the same afterwards: encoding/json leaves DEL, C1 and what is invisible as it is.
func printable(text string) string {
	var b strings.Builder
	for _, r := range text {
		if unicode.IsPrint(r) || r == '\n' || r == '\t' {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}
