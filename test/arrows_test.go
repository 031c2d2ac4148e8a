package test_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/gossip-price/gossip-price"

// arrows lists which packages of ours each package imports (docs/architecture.md): these and no others.
func arrows() map[string][]string {
	domain := []string{"consensus", "consensus/signing", "global", "global/price"}
	return map[string][]string{
		"global":                       {},
		"global/price":                 {"global"},
		"global/config":                {"consensus/signing", "global", "global/price"},
		"consensus/signing":            {"global"},
		"consensus":                    {"consensus/signing", "global", "global/price"},
		"consensus/archive":            {"consensus", "consensus/signing", "global", "global/price"},
		"consensus/latest":             {"consensus", "consensus/signing", "global/price"},
		"consensus/writing":            {"consensus", "consensus/signing", "global"},
		"migrations/pgurl":             {"global"},
		"migrations/grants":            {"migrations/pgurl"},
		"migrations":                   {"migrations/grants", "migrations/pgurl"},
		"consensus/store":              append(domain, "migrations/grants", "migrations/pgurl"),
		"consensus/store/storetest":    append(domain, "consensus/store"),
		"consensus/store/postgrestest": {},
		"gossip":                       {"global"},
		"node/api":                     {"consensus", "consensus/signing", "global/price"},
		"node/story":                   {"consensus", "consensus/signing", "global/price", "node/api"},
		"node/vitals":                  {"consensus", "consensus/signing", "global/price", "node/api"},
		"node/dashboard":               {"consensus", "consensus/signing", "global/price", "node/api"},
		"node": append(domain, "consensus/archive", "consensus/latest", "consensus/store", "consensus/writing", "global/config", "gossip",
			"node/api", "node/dashboard", "node/story", "node/vitals"),
		"node/doctor": {
			"consensus/signing", "consensus/store", "global/config", "global/price", "gossip", "migrations", "node", "node/api", "node/vitals",
		},
		"node/devnet":             {"consensus/signing", "global/config", "global/price", "node", "node/api"},
		"node/org":                {"consensus/signing", "global/config", "node"},
		"cmd/gossip-price/screen": {"consensus", "consensus/signing", "node/api"},
		"cmd/gossip-price": append(domain, "cmd/gossip-price/screen", "consensus/store", "global/config", "gossip", "migrations",
			"node", "node/api", "node/devnet", "node/doctor", "node/org"),
		"test":             {},
		"docs/examples/go": {},
		"test/chaos":       {"consensus", "consensus/signing", "consensus/store", "global", "global/price"},
		"test/scale":       {},
		"test/load":        {},
		"test/idle":        {},
	}
}

func TestArrows(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "../...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	allowed := arrows()
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		name := strings.TrimPrefix(words[0], module+"/")
		targets, known := allowed[name]
		if !known {
			t.Errorf("package %s has no place in the architecture", name)
		}
		for _, target := range targets {
			if !slices.Contains(words[1:], module+"/"+target) {
				t.Errorf("%s does not import %s: the arrow can go", name, target)
			}
		}
		for _, imported := range words[1:] {
			target, ours := strings.CutPrefix(imported, module+"/")
			if ours && !slices.Contains(targets, target) {
				t.Errorf("%s imports %s: no such arrow", name, target)
			}
		}
	}
}

// What a package pulls in through others counts too.
func TestPureCore(t *testing.T) {
	t.Parallel()
	for pkg, banned := range map[string][]string{
		"../consensus": {"github.com/jackc/pgx/v5", "modernc.org/sqlite", "github.com/libp2p/go-libp2p", module + "/gossip"},
		"../gossip":    {"github.com/jackc/pgx/v5", "modernc.org/sqlite", module + "/consensus", module + "/global/price"},
	} {
		out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", pkg).Output()
		if err != nil {
			t.Fatalf("go list: %v", err)
		}
		deps := strings.Fields(string(out))
		for _, name := range banned {
			if slices.Contains(deps, name) {
				t.Errorf("%s depends on %s", pkg, name)
			}
		}
	}
}
