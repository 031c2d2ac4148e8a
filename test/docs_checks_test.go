package test_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gossip-price/gossip-price/node/vitals"
)

// docs/operations.md lists the checks of a node on itself. UPDATE_DOCS=1 writes the table anew.
func TestChecksTable(t *testing.T) { //nolint:paralleltest // two of them write one document
	var want strings.Builder
	want.WriteString("| check | at worst | what it means | what to do |\n|---|---|---|---|\n")
	for _, rule := range vitals.NodeRules() {
		fmt.Fprintf(&want, "| `%s` | %s | %s | %s |\n", rule.Name, rule.Worst(), rule.Meaning, rule.Remedy)
	}
	section(t, "../docs/operations.md", "checks", want.String())
}
