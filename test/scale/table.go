package scale

import (
	"fmt"
	"math"
	"strings"
)

// Table returns the results as a table of a Markdown document.
func Table(results []Result) string {
	var b strings.Builder
	b.WriteString("| case | nodes | messages a price | KiB a price and node | statements a window | quorum p50, p95, p99 in ms " +
		"| in two deliveries | could be at p50 | reached | MiB a node |\n|---|---|---|---|---|---|---|---|---|---|\n")
	for _, r := range results {
		if r.Case == Naive {
			continue
		}
		slower := r.Slower()
		fmt.Fprintf(&b, "| %s | %d | %.2f | %.1f | %s | %.0f, %.0f, %.0f | %.2f, %.2f, %.2f | %.2f | %.1f %% | %.1f |\n",
			r.Case, r.Nodes, r.Messages, r.KiB, counted(r.Statements), r.Quorum.P50, r.Quorum.P95, r.Quorum.P99,
			slower.P50, slower.P95, slower.P99, r.Ideal.P50/r.Two.P50, 100*r.Reached, r.MiB)
	}
	return b.String()
}

// NaiveTable returns what the schedule costs beside none, as a table of a Markdown document.
func NaiveTable(results []Result) string {
	var b strings.Builder
	b.WriteString("| nodes | messages a price | naive | KiB a price and node | naive | statements a window | naive |\n|---|---|---|---|---|---|---|\n")
	for _, ours := range results {
		for _, naive := range results {
			if ours.Case == Healthy && naive.Case == Naive && ours.Nodes == naive.Nodes {
				fmt.Fprintf(&b, "| %d | %.2f | %.1f | %.1f | %.1f | %s | %s |\n", ours.Nodes,
					ours.Messages, naive.Messages, ours.KiB, naive.KiB, counted(ours.Statements), counted(naive.Statements))
			}
		}
	}
	return b.String()
}

// counted writes a number that is empty where nothing was counted.
func counted(v float64) string {
	if math.IsNaN(v) {
		return ""
	}
	return fmt.Sprintf("%.1f", v)
}
