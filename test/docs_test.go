package test_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/gossip-price/gossip-price/global/config"
)

// The README's table of settings is made from the code. UPDATE_DOCS=1 writes it anew.
func TestSettingsTable(t *testing.T) {
	t.Parallel()
	var want strings.Builder
	want.WriteString("| variable | default | what it is |\n|---|---|---|\n")
	for _, s := range config.Settings() {
		def := "`" + s.Default + "`"
		if s.Default == "" {
			def = ""
		}
		fmt.Fprintf(&want, "| `%s` | %s | %s |\n", s.Name, def, s.Description)
	}
	section(t, "../README.md", "settings", want.String())
}

// The specification quotes its test vectors from the file that package consensus is tested with.
func TestVectors(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../consensus/testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		Name, Network, Pair, Price, PriceScaled, Proposer, DomainSeparator, StructHash, Digest string
		Round, ObservedAt                                                                      uint64
		Signatures                                                                             []struct{ PrivateKey, Signer, Signature string }
	}
	if err := json.Unmarshal(content, &vectors); err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	for _, v := range vectors {
		fmt.Fprintf(&want, "%s:\n\n    network     %s\n    pair        %s\n    price       %s = %s x 10^-18\n    round       %d\n"+
			"    observedAt  %d\n    proposer    %s\n    domain      %s\n    struct      %s\n    digest      %s\n",
			v.Name, v.Network, v.Pair, v.Price, v.PriceScaled, v.Round, v.ObservedAt, v.Proposer, v.DomainSeparator, v.StructHash, v.Digest)
		for _, s := range v.Signatures {
			fmt.Fprintf(&want, "    key         %s\n    signer      %s\n    signature   %s\n                %s\n",
				s.PrivateKey, s.Signer, s.Signature[:68], s.Signature[68:])
		}
		want.WriteString("\n")
	}
	section(t, "../docs/protocol.md", "vectors", want.String())
}

// Every direct dependency has its line.
func TestDependencies(t *testing.T) {
	t.Parallel()
	mod, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	table, err := os.ReadFile("../docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	direct := regexp.MustCompile(`(?m)^\t(\S+) v\S+$`).FindAllStringSubmatch(string(mod), -1)
	if len(direct) < 10 {
		t.Fatalf("read %d direct dependencies of go.mod", len(direct))
	}
	for _, m := range direct {
		if name := strings.TrimPrefix(m[1], "github.com/"); !strings.Contains(string(table), name) {
			t.Errorf("docs/dependencies.md says nothing of %s", name)
		}
	}
}

// section compares what stands in a file between the marks <!-- NAME --> and <!-- end NAME --> with what should.
func section(t *testing.T, file, name, want string) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	begin, end := "<!-- "+name+" -->\n", "<!-- end "+name+" -->"
	marked := regexp.MustCompile("(?s)" + regexp.QuoteMeta(begin) + "(.*?)" + regexp.QuoteMeta(end))
	found := marked.FindSubmatch(content)
	if found == nil {
		t.Fatalf("%s has no section %s", file, name)
	}
	if string(found[1]) == want {
		return
	}
	if os.Getenv("UPDATE_DOCS") == "" {
		t.Fatalf("%s: section %s is not what the code says; UPDATE_DOCS=1 go test ./test writes it\nwant:\n%s", file, name, want)
	}
	updated := marked.ReplaceAllLiteral(content, []byte(begin+want+end))
	//nolint:gosec // a document
	if err := os.WriteFile(file, updated, 0o644); err != nil {
		t.Fatal(err)
	}
}
