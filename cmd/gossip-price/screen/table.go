package screen

import "strings"

// column is one column of a table. Numbers stand at its right end.
type column struct {
	title string
	most  int // columns of the terminal at most
	right bool
}

// cell is a text and how it is coloured; nil: not.
type cell struct {
	text  string
	style func(string) string
}

// table returns the titles and the rows as lines, each column as wide as its widest cell, at most its most. The last columns
// are left out where there is no room for them.
func table(columns []column, rows [][]cell, titles func(string) string, room int) []string {
	var widths []int
	var head []cell
	for i, c := range columns {
		width := len(c.title)
		for _, row := range rows {
			width = max(width, min(c.most, len([]rune(clean(row[i].text)))))
		}
		if room -= 2 + width; room < 0 {
			break
		}
		widths, head = append(widths, width), append(head, cell{c.title, titles})
	}
	lines := make([]string, 0, 1+len(rows))
	for _, row := range append([][]cell{head}, rows...) {
		var b strings.Builder
		for i, c := range row[:len(head)] {
			text := clip(clean(c.text), widths[i])
			space := strings.Repeat(" ", widths[i]-len([]rune(text)))
			if c.style != nil {
				text = c.style(text)
			}
			switch {
			case columns[i].right:
				b.WriteString("  " + space + text)
			case i == len(head)-1:
				b.WriteString("  " + text)
			default:
				b.WriteString("  " + text + space)
			}
		}
		lines = append(lines, b.String())
	}
	return lines
}

// wrapped breaks a text into lines of at most so many columns, the first with the mark before it and the rest below its end.
// Words that are longer are cut.
func wrapped(mark, text string, columns int) []string {
	room := max(columns-len([]rune(mark)), 1)
	var lines []string
	line := ""
	for _, word := range strings.Fields(clean(text)) {
		word = clip(word, room)
		switch {
		case line == "":
			line = word
		case len([]rune(line))+1+len([]rune(word)) <= room:
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
	}
	lines = append(lines, line)
	indent := strings.Repeat(" ", len([]rune(mark)))
	for i := range lines {
		if i == 0 {
			lines[i] = mark + lines[i]
		} else {
			lines[i] = indent + lines[i]
		}
	}
	return lines
}
