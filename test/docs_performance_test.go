package test_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// Every part of scripts/bench.sh has its table in docs/performance.md, and the command that writes it.
func TestPerformanceTables(t *testing.T) {
	t.Parallel()
	script, err := os.ReadFile("../scripts/bench.sh")
	if err != nil {
		t.Fatal(err)
	}
	document, err := os.ReadFile("../docs/performance.md")
	if err != nil {
		t.Fatal(err)
	}
	list := regexp.MustCompile(`PARTS=\(([a-z ]+)\)`).FindSubmatch(script)
	if list == nil {
		t.Fatal("scripts/bench.sh has no list of parts")
	}
	parts := strings.Fields(string(list[1]))
	if len(parts) < 7 {
		t.Fatalf("found %d parts of scripts/bench.sh", len(parts))
	}
	for _, p := range parts {
		_, rest, found := strings.Cut(string(document), "\n<!-- bench:"+p+" -->\n")
		table, _, ended := strings.Cut(rest, "\n<!-- end -->\n")
		if !found || !ended || strings.Contains(table, "<!--") || !strings.HasPrefix(table, "| ") {
			t.Errorf("docs/performance.md has no table %s", p)
		}
		if !strings.Contains(string(document), "`scripts/bench.sh "+p+"`") {
			t.Errorf("docs/performance.md does not say how the table %s is made", p)
		}
	}
}
