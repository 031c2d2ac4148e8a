package test_test

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func cliOrg(t *testing.T, c cli) {
	type organisation struct {
		Name      string
		Dir       string
		Quorum    int
		Signers   []string
		Bootstrap string `json:"bootstrap_peer_id"`
	}
	parent := t.TempDir()
	dir := filepath.Join(parent, "it's acme") // the lines to copy must be quoted
	shown := c.run(t, "org", "new", "acme", "--nodes", "7", "--dir", dir).want(t, 0, "7 nodes, quorum 5", "bootstrap  16Uiu2", "node7      0x",
		"docker-compose -f '"+strings.ReplaceAll(dir, "'", `'\''`)+"/docker-compose.yaml' up -d")
	asJSON := c.run(t, "org", "--json", "new", "--dir="+filepath.Join(parent, "second"), "acme").want(t, 0)
	made := decode[organisation](t, asJSON.stdout)
	if made.Name != "acme" || made.Dir != filepath.Join(parent, "second") || made.Quorum != 3 || len(made.Signers) != 4 {
		t.Errorf("org new --json says %+v", made)
	}
	config := c.with(readSettings(t, filepath.Join(made.Dir, "network.env"))...).with(readSettings(t, filepath.Join(made.Dir, "node1.env"))...)
	config.run(t, "config").want(t, 0, strings.Join(made.Signers, ","), made.Bootstrap, "gossip_price_node:xxxxx@db")

	before := readFolder(t, dir)
	again := c.run(t, "org", "new", "acme", "--dir", dir).want(t, 1, "file already exists; keys are never written over")
	if !maps.Equal(before, readFolder(t, dir)) {
		t.Error("an existing folder was changed")
	}
	secrets := append(secretsIn(t, dir), secretsIn(t, made.Dir)...)
	for _, r := range []result{shown, asJSON, again} {
		noneOf(t, r.stdout+r.stderr, secrets)
	}
	if entries, err := os.ReadDir(parent); err != nil || len(entries) != 2 {
		t.Errorf("beside the folders: %v, %v", entries, err)
	}
	for line, hint := range map[string]string{
		"org":                    "want 'org new NAME'; see 'gossip-price org --help'",
		"org new":                "want 'org new NAME'",
		"org old acme":           "want 'org new NAME'",
		"org new acme two":       `unexpected "two"`,
		"org new Acme":           `name "Acme", want 1 to 32 of a-z, 0-9 and -`,
		"org new acme --nodes 2": "2 nodes, want 3 to 64",
		"org new a --nodes 65":   "65 nodes, want 3 to 64",
		"org new a --nodes four": "see 'gossip-price org --help'",
		"org new a --name b":     "see 'gossip-price org --help'",
	} {
		if r := c.run(t, strings.Fields(line)...).want(t, 2, hint); r.stdout != "" || strings.Count(r.stderr, "\n") != 1 {
			t.Errorf("%s: want one line on stderr\nstdout: %s\nstderr: %s", line, r.stdout, r.stderr)
		}
	}
}

// readFolder returns the files of a folder by name.
func readFolder(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(filepath.Join(dir, name))
		files[name] = string(content)
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files in %s: %v", len(files), dir, err)
	}
	return files
}

// readSettings returns the lines NAME=VALUE of a settings file.
func readSettings(t *testing.T, file string) []string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var set []string
	for line := range strings.Lines(string(content)) {
		if line = strings.TrimSuffix(line, "\n"); strings.Contains(line, "=") && !strings.HasPrefix(line, "#") {
			set = append(set, line)
		}
	}
	return set
}

// secretsIn returns the keys and passwords of an organisation.
func secretsIn(t *testing.T, dir string) []string {
	t.Helper()
	var found []string
	for name := range readFolder(t, dir) {
		if !strings.HasSuffix(name, ".env") {
			continue
		}
		for _, line := range readSettings(t, filepath.Join(dir, name)) {
			variable, value, _ := strings.Cut(line, "=")
			switch variable {
			case "GP_PRIVATEKEY", "GP_NETWORKKEY", "POSTGRES_PASSWORD":
				found = append(found, value)
			case "GP_DATABASEURL":
				_, rest, _ := strings.Cut(strings.TrimPrefix(value, "postgres://"), ":")
				password, _, _ := strings.Cut(rest, "@")
				found = append(found, password)
			}
		}
	}
	if len(found) < 10 {
		t.Fatalf("%d secrets in %s", len(found), dir)
	}
	return found
}
