package scale_test

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/gossip-price/gossip-price/test/scale"
)

// TestResults: results are read as they were written, the last of a network and case, in the order of the table.
func TestResults(t *testing.T) {
	t.Parallel()
	var file strings.Builder
	for _, r := range []scale.Result{
		{Nodes: 16, Case: scale.Naive, Messages: 16, Statements: 16},
		{Nodes: 16, Case: scale.Healthy, Messages: 9},
		{Nodes: 1000, Case: scale.Healthy, Messages: 3.042, Statements: math.NaN(), Two: scale.Times{P50: 200}, Quorum: scale.Times{P50: 230}},
		{Nodes: 16, Case: scale.Healthy, Messages: 3, Statements: 2, MiB: 4.25},
	} {
		if err := scale.Write(&file, []scale.Result{r}); err != nil {
			t.Fatal(err)
		}
	}
	got, err := scale.Read(strings.NewReader(file.String()))
	if err != nil || len(got) != 3 {
		t.Fatalf("%d results, %v", len(got), err)
	}
	if a, b, c := got[0], got[1], got[2]; a.Messages != 3 || a.MiB != 4.25 || b.Messages != 3.042 || !math.IsNaN(b.Statements) ||
		b.Slower().P50 != 1.15 || c.Case != scale.Naive {
		t.Errorf("read %+v", got)
	}
	if table := scale.Table(got); !strings.Contains(table, "| healthy | 16 | 3.00 | 0.0 | 2.0 |") ||
		!strings.Contains(table, "| healthy | 1000 | 3.04 | 0.0 |  |") {
		t.Error(table)
	}
	if table := scale.NaiveTable(got); !strings.HasSuffix(table, "|\n| 16 | 3.00 | 16.0 | 0.0 | 0.0 | 2.0 | 16.0 |\n") {
		t.Error(table)
	}
	for _, wrong := range []string{"4,healthy\n", strings.Replace(file.String(), scale.Naive, "else", 1), strings.Replace(file.String(), "16", "x", 1)} {
		if _, err := scale.Read(strings.NewReader(wrong)); err == nil {
			t.Errorf("read %q", wrong)
		}
	}
}

// TestChart: the picture is XML, says in words what it shows, and leaves out what was not counted.
func TestChart(t *testing.T) {
	t.Parallel()
	svg := scale.Statements().SVG([]scale.Result{
		{Nodes: 4, Case: scale.Healthy, Statements: 2},
		{Nodes: 1000, Case: scale.Healthy, Statements: math.NaN()},
		{Nodes: 4, Case: scale.Naive, Statements: 4},
		{Nodes: 1000, Case: scale.Naive, Statements: 1000},
	})
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if strings.Count(svg, "<circle") != 3 || strings.Contains(svg, "NaN") ||
		!strings.Contains(svg, "Staged: 2 with 4 nodes. Naive: 4 with 4 nodes, 1000 with 1000 nodes.") {
		t.Error(svg)
	}
}
