package scale

import (
	"fmt"
	"math"
	"strings"
)

// Chart is a quantity of results against the number of nodes, both on logarithmic scales.
type Chart struct {
	Title string
	Of    func(Result) float64
}

// Messages and Statements are the charts of the documentation.
func Messages() Chart {
	return Chart{"Messages a price", func(r Result) float64 { return r.Messages }}
}

// Statements is the chart of the price store's load.
func Statements() Chart {
	return Chart{"Database statements a flush window", func(r Result) float64 { return r.Statements }}
}

// The plot's place in the picture, and what the axes reach: nodes from 2 to 2000, values from 1 to 2000.
const (
	left, right, top, bottom = 60.0, 560.0, 60.0, 330.0
	fewest, most             = 2.0, 2000.0
)

func x(nodes float64) float64 {
	return left + (right-left)*math.Log(nodes/fewest)/math.Log(most/fewest)
}

func y(value float64) float64 { return bottom - (bottom-top)*math.Log(max(value, 1))/math.Log(most) }

// style has a ground of its own, light or dark as the reader likes it: the page around it may be either.
const style = `<style>
.ground { fill: #ffffff; }
text { font: 13px system-ui, sans-serif; fill: #24292f; }
.title { font-size: 16px; font-weight: 600; }
.grid { stroke: #8c959f; stroke-opacity: .35; }
.line { fill: none; stroke-width: 2.5; }
.ours { stroke: #0969da; } .ours.dot, .ours.word { fill: #0969da; }
.naive { stroke: #bc4c00; stroke-dasharray: 7 4; } .naive.dot, .naive.word { fill: #bc4c00; }
.dot, .word { stroke: none; } .word { font-weight: 600; }
@media (prefers-color-scheme: dark) {
.ground { fill: #0d1117; }
text { fill: #d1d7e0; }
.ours { stroke: #58a6ff; } .ours.dot, .ours.word { fill: #58a6ff; }
.naive { stroke: #f0883e; } .naive.dot, .naive.word { fill: #f0883e; }
.dot, .word { stroke: none; }
}
</style>
<rect class="ground" width="700" height="390" rx="8"/>
`

// SVG draws the chart from the healthy and the naive results, with all it shows in words for who can't see it.
func (c Chart) SVG(results []Result) string {
	var b strings.Builder
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 700 390" role="img" aria-labelledby="title desc">` + "\n")
	fmt.Fprintf(&b, "<title id=\"title\">%s against the number of nodes</title>\n<desc id=\"desc\">%s %s</desc>\n%s",
		c.Title, c.words("Staged", Healthy, results), c.words("Naive", Naive, results), style)
	fmt.Fprintf(&b, `<text class="title" x="%g" y="30">%s</text>`+"\n", left, c.Title)
	for _, v := range []float64{1, 3, 10, 30, 100, 300, 1000} {
		fmt.Fprintf(&b, `<line class="grid" x1="%g" x2="%g" y1="%.1f" y2="%.1f"/><text x="%g" y="%.1f" text-anchor="end">%g</text>`+"\n",
			left, right, y(v), y(v), left-8, y(v)+4, v)
	}
	for _, n := range []float64{4, 16, 64, 256, 1000} {
		fmt.Fprintf(&b, `<line class="grid" x1="%.1f" x2="%.1f" y1="%g" y2="%g"/><text x="%.1f" y="%g" text-anchor="middle">%g</text>`+"\n",
			x(n), x(n), top, bottom, x(n), bottom+20, n)
	}
	fmt.Fprintf(&b, `<text x="%g" y="%g" text-anchor="middle">nodes</text>`+"\n", (left+right)/2, bottom+42)
	c.line(&b, "naive", "everybody at once", -10, Naive, results)
	c.line(&b, "ours", "in turns", 20, Healthy, results)
	b.WriteString("</svg>\n")
	return b.String()
}

// line draws the values of a case, with numbers so far below, and writes its name behind the last.
func (c Chart) line(b *strings.Builder, class, name string, below float64, which string, results []Result) {
	var points, dots strings.Builder
	var endX, endY float64
	for _, r := range results {
		if r.Case != which || math.IsNaN(c.Of(r)) {
			continue
		}
		endX, endY = x(float64(r.Nodes)), y(c.Of(r))
		fmt.Fprintf(&points, "%.1f,%.1f ", endX, endY)
		fmt.Fprintf(&dots, `<circle class="%s dot" cx="%.1f" cy="%.1f" r="4"/><text x="%.1f" y="%.1f" text-anchor="middle">%s</text>`+"\n",
			class, endX, endY, endX, endY+below, short(c.Of(r)))
	}
	if points.Len() == 0 {
		return
	}
	fmt.Fprintf(b, `<polyline class="%s line" points="%s"/>`+"\n%s", class, strings.TrimSpace(points.String()), dots.String())
	fmt.Fprintf(b, `<text class="%s word" x="%.1f" y="%.1f">%s</text>`+"\n", class, endX+12, endY+4, name)
}

// words says what a line shows.
func (c Chart) words(name, which string, results []Result) string {
	var values []string
	for _, r := range results {
		if r.Case == which && !math.IsNaN(c.Of(r)) {
			values = append(values, fmt.Sprintf("%s with %d nodes", short(c.Of(r)), r.Nodes))
		}
	}
	return name + ": " + strings.Join(values, ", ") + "."
}

// short writes a value with as many digits as one can use.
func short(v float64) string {
	if v < 10 && v != math.Trunc(v) {
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.0f", v)
}
