package org_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gossip-price/gossip-price/node/org"
)

// newOrg makes an organisation in a folder of its own.
func newOrg(t *testing.T, nodes int) org.Organisation {
	t.Helper()
	o, err := org.New(org.Options{Name: "acme", Nodes: nodes, Dir: filepath.Join(t.TempDir(), "acme")})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// read returns the files of a folder by name.
func read(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string]string)
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(content)
	}
	return files
}

// settings returns the variables of a settings file, as a shell and as compose read it: values need no quotes.
func settings(t *testing.T, content string) map[string]string {
	t.Helper()
	set := make(map[string]string)
	for line := range strings.Lines(content) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if !ok || strings.ContainsAny(value, " \t'\"\\$`;&|<>()#~*[") {
			t.Errorf("a shell or compose reads this line otherwise: %s", line)
		}
		set[name] = value
	}
	return set
}

// onlySettings returns nothing of a file that holds no settings.
func onlySettings(name, content string) string {
	if strings.HasSuffix(name, ".env") {
		return content
	}
	return ""
}

// secretsOf returns all keys and passwords.
func secretsOf(t *testing.T, files map[string]string) []string {
	t.Helper()
	var found []string
	for name, content := range files {
		set := settings(t, onlySettings(name, content))
		for _, variable := range []string{"GP_PRIVATEKEY", "GP_NETWORKKEY", "POSTGRES_PASSWORD"} {
			if set[variable] != "" {
				found = append(found, set[variable])
			}
		}
		if url := set["GP_DATABASEURL"]; url != "" {
			_, rest, _ := strings.Cut(strings.TrimPrefix(url, "postgres://"), ":")
			password, _, _ := strings.Cut(rest, "@")
			found = append(found, password)
		}
	}
	if len(found) != 5+5+1+5 {
		t.Fatalf("%d secrets found", len(found))
	}
	return found
}
