package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/gossip-price/gossip-price/cmd/gossip-price/screen"
)

// canvas is the terminal as long as top draws on it: its alternate screen, without cursor. Where stdout is no terminal, one state
// is written below the other.
type canvas struct {
	p              program
	terminal       bool
	columns, lines int
	keys           *keys // nil: none are read
}

// Control sequences of terminals (ECMA-48, xterm).
const (
	enterScreen = "\x1b[?1049h\x1b[?25l\x1b[?7l" // alternate screen, no cursor, no wrapping of long lines
	leaveScreen = "\x1b[?7h\x1b[?25h\x1b[?1049l"
	home        = "\x1b[H"
	eraseLine   = "\x1b[2K"
	eraseBelow  = "\x1b[J"
)

// openCanvas takes the terminal. Of the keys, q and ctrl-C call quit.
func (p program) openCanvas(quit func()) *canvas {
	c := &canvas{p: p, terminal: p.terminal(p.stdout.file.Fd())}
	if c.terminal {
		c.keys = openKeys(quit)
		_, _ = p.stdout.file.WriteString(enterScreen) // draw tells
	}
	return c
}

// draw implements drawer.
func (c *canvas) draw(s *screen.State, lost string) error {
	c.columns, c.lines = c.p.size()
	text := screen.Render(s, screen.Options{
		Columns: c.columns, Lines: c.lines, Color: c.p.colors(), Lost: lost, Now: time.Now(),
	})
	if c.terminal {
		var b strings.Builder
		b.WriteString(home)
		for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
			if i > 0 {
				b.WriteString("\r\n")
			}
			b.WriteString(eraseLine + line)
		}
		text = b.String() + eraseBelow
	} else {
		text += "\n"
	}
	if _, err := c.p.stdout.file.WriteString(text); err != nil {
		return fmt.Errorf("write screen: %w", err)
	}
	return nil
}

// resized implements drawer.
func (c *canvas) resized() bool {
	columns, lines := c.p.size()
	return columns != c.columns || lines != c.lines
}

// close gives the terminal back as it was.
func (c *canvas) close() error {
	if !c.terminal {
		return nil
	}
	_, _ = c.p.stdout.file.WriteString(leaveScreen) // a terminal that is gone needs nothing
	return c.keys.close()
}
