package test_test

import (
	"os"
	"path"
	"strings"
	"testing"
)

// docs/consuming.md shows the examples as they are: cliConsuming runs those files.
func TestExamples(t *testing.T) { //nolint:paralleltest // each may write the document
	for _, name := range []string{"read.sh", "go/main.go", "js/check.mjs"} {
		content, err := os.ReadFile("../docs/examples/" + name)
		if err != nil {
			t.Fatal(err)
		}
		language := map[string]string{".sh": "sh", ".go": "go", ".mjs": "js"}[path.Ext(name)]
		section(t, "../docs/consuming.md", name, "```"+language+"\n"+string(content)+"```\n")
	}
	lock, err := os.ReadFile("../docs/examples/js/package-lock.json")
	if err != nil || strings.Contains(string(lock), `"resolved"`) {
		t.Errorf("the lock file has download addresses, or none is there: %v", err)
	}
}
