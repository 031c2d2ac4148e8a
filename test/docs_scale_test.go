package test_test

import (
	"os"
	"strings"
	"testing"

	"github.com/gossip-price/gossip-price/test/scale"
)

// The tables and charts of docs/performance.md are made from what scripts/simulate.sh measured. UPDATE_DOCS=1 writes them anew.
func TestSimulationTables(t *testing.T) {
	t.Parallel()
	file, err := os.Open("../docs/simulation.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	results, err := scale.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	var sorted strings.Builder
	if err := scale.Write(&sorted, results); err != nil {
		t.Fatal(err)
	}
	made(t, "../docs/simulation.csv", sorted.String())
	section(t, "../docs/performance.md", "sim:cases", scale.Table(results))
	section(t, "../docs/performance.md", "sim:naive", scale.NaiveTable(results))
	for name, chart := range map[string]scale.Chart{"messages": scale.Messages(), "statements": scale.Statements()} {
		made(t, "../docs/img/"+name+".svg", chart.SVG(results))
	}
}

// made compares a file with what should be in it.
func made(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	switch {
	case err == nil && string(got) == want:
	case os.Getenv("UPDATE_DOCS") == "":
		t.Errorf("%s is not what the measurements say; UPDATE_DOCS=1 go test ./test writes it", path)
	default:
		//nolint:gosec // a document
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Error(err)
		}
	}
}
