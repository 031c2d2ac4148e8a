package dashboard

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node/api"
)

// The chart's own units; the page stretches them.
const (
	chartWidth  = 1000
	chartHeight = 240
)

// chart is the price of a pair by round, with its spread.
type chart struct {
	Width, Height int
	Line          string // SVG path data, a piece for each unbroken row of rounds
	Band          string // the same, around all prices of each round
	Last          string // a point
	Grid          []int  // heights of the levels
	Levels        []string
	Times         []time.Time // first and last round
	Points        []point     // the newest first
	Words         string      // for who does not see it
}

// newChart draws the complete rounds; nil if there is none.
func newChart(pair price.Pair, stories []api.Story) *chart {
	points, step := newPoints(pair, stories)
	if len(points) == 0 {
		return nil
	}
	low, high := points[0].low, points[0].high
	for _, p := range points {
		if p.low.Compare(low) < 0 {
			low = p.low
		}
		if p.high.Compare(high) > 0 {
			high = p.high
		}
	}
	axis := newAxis(low, high)
	c := &chart{Width: chartWidth, Height: chartHeight, Grid: axis.heights(), Levels: axis.labels()}
	c.draw(points, axis)
	first, last := points[0], points[len(points)-1]
	c.Times = []time.Time{first.Round, last.Round}
	c.Words = fmt.Sprintf("%s over %s, one every %s: from %s at %s to %s at %s, never below %s or above %s.",
		pair, count(len(points), "round"), span(step), first.Price, first.Round.Format(time.TimeOnly), last.Price,
		last.Round.Format(time.TimeOnly), group(low.String()), group(high.String()))
	slices.Reverse(points)
	c.Points = points
	return c
}

// draw writes the paths. Where a round is missing the line is broken.
func (c *chart) draw(points []point, a axis) {
	all := max(1, points[len(points)-1].after)
	x := func(p point) int { return p.after * chartWidth / all }
	var line, band strings.Builder
	for from := 0; from < len(points); {
		to := from + 1
		for to < len(points) && points[to].after == points[to-1].after+1 {
			to++
		}
		piece, pen := points[from:to], "M"
		for _, p := range piece {
			fmt.Fprintf(&line, "%s%d %d", pen, x(p), a.height(p.middle))
			fmt.Fprintf(&band, "%s%d %d", pen, x(p), a.height(p.high))
			pen = "L"
		}
		if len(piece) == 1 {
			line.WriteString("h0") // with round ends a line of no length is a dot
		}
		for _, p := range slices.Backward(piece) {
			fmt.Fprintf(&band, "L%d %d", x(p), a.height(p.low))
		}
		band.WriteString("Z")
		from = to
	}
	last := points[len(points)-1]
	c.Line, c.Band, c.Last = line.String(), band.String(), fmt.Sprintf("M%d %dh0", x(last), a.height(last.middle))
}
