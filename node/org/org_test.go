package org_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/node"
	"github.com/gossip-price/gossip-price/node/org"
)

func TestFilesAndModes(t *testing.T) {
	t.Parallel()
	o := newOrg(t, 3)
	info, err := os.Stat(o.Dir)
	if err != nil || info.Mode() != fs.ModeDir|0o700 {
		t.Errorf("folder: %v, %v", info.Mode(), err)
	}
	entries, err := os.ReadDir(o.Dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
		if info, err := e.Info(); err != nil || info.Mode() != 0o600 {
			t.Errorf("%s: %v, %v", e.Name(), info.Mode(), err)
		}
	}
	want := []string{
		".env", ".gitignore", "README.txt", "bootstrap.env", "db.env", "docker-compose.yaml", "local.sh", "migrate.env",
		"network.env", "node1.env", "node2.env", "node3.env", "roster.txt",
	}
	if !slices.Equal(names, want) {
		t.Errorf("made %v, want %v", names, want)
	}
	above, err := os.ReadDir(filepath.Dir(o.Dir))
	if err != nil || len(above) != 1 {
		t.Errorf("beside the folder: %v, %v", above, err)
	}
}

// Two thirds plus one, whatever the number of nodes: two quorums share more nodes than may lie.
func TestQuorum(t *testing.T) {
	t.Parallel()
	for nodes, want := range map[int]int{org.MinNodes: 3, 4: 3, 5: 4, 6: 5, 7: 5, 10: 7, 16: 11, org.MaxNodes: 43} {
		o := newOrg(t, nodes)
		if liars := (nodes - 1) / 3; o.Quorum != want || 2*o.Quorum-nodes <= liars || len(o.Signers) != nodes {
			t.Errorf("%d nodes: quorum %d of %d signers, want %d", nodes, o.Quorum, len(o.Signers), want)
		}
	}
}

// What New tells is what the files hold.
func TestKeysAreTheirs(t *testing.T) {
	t.Parallel()
	o := newOrg(t, 4)
	files := read(t, o.Dir)
	secret := func(file string) signing.Key {
		key, err := signing.ParseKey(settings(t, files[file])["GP_PRIVATEKEY"])
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		return key
	}
	if id, err := node.PeerID(secret("bootstrap.env")); err != nil || id.String() != o.Bootstrap {
		t.Errorf("bootstrap %s, %v; told %s", id, err, o.Bootstrap)
	}
	var roster []string
	for i, name := range []string{"node1.env", "node2.env", "node3.env", "node4.env"} {
		if got := secret(name).Address(); got != o.Signers[i] {
			t.Errorf("%s signs as %s, told %s", name, got, o.Signers[i])
		}
		roster = append(roster, o.Signers[i].String())
		if !strings.Contains(files["roster.txt"], "\n"+o.Signers[i].String()+" # node") {
			t.Errorf("%s is not in roster.txt", o.Signers[i])
		}
	}
	if got := settings(t, files["network.env"])["GP_SIGNERS"]; got != strings.Join(roster, ",") {
		t.Errorf("GP_SIGNERS=%s", got)
	}
}

// Nothing of two organisations of one name is the same: no secret, no volume.
func TestNothingShared(t *testing.T) {
	t.Parallel()
	seen := make(map[string]string)
	for range 2 {
		o := newOrg(t, 4)
		for name, content := range read(t, o.Dir) {
			for variable, value := range settings(t, onlySettings(name, content)) {
				switch variable {
				case "GP_PRIVATEKEY", "COMPOSE_PROJECT_NAME", "POSTGRES_PASSWORD", "GP_SIGNERS":
					if where, known := seen[value]; known {
						t.Errorf("%s of %s is in %s too", variable, name, where)
					}
					seen[value] = filepath.Join(o.Dir, name)
				}
			}
		}
	}
	if len(seen) != 2*(5+1+1+1) {
		t.Errorf("%d values compared", len(seen))
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	taken := filepath.Join(parent, "taken")
	if err := os.Mkdir(taken, 0o755); err != nil {
		t.Fatal(err)
	}
	fresh := filepath.Join(parent, "fresh")
	for name, c := range map[string]struct {
		options org.Options
		want    error
	}{
		"no name":       {org.Options{Nodes: 4, Dir: fresh}, org.ErrOptions},
		"capitals":      {org.Options{Name: "Acme", Nodes: 4, Dir: fresh}, org.ErrOptions},
		"long":          {org.Options{Name: strings.Repeat("a", 33), Nodes: 4, Dir: fresh}, org.ErrOptions},
		"line feed":     {org.Options{Name: "acme\n", Nodes: 4, Dir: fresh}, org.ErrOptions},
		"few nodes":     {org.Options{Name: "acme", Nodes: 2, Dir: fresh}, org.ErrOptions},
		"many nodes":    {org.Options{Name: "acme", Nodes: 65, Dir: fresh}, org.ErrOptions},
		"folder":        {org.Options{Name: "acme", Nodes: 4, Dir: taken}, fs.ErrExist},
		"no parent":     {org.Options{Name: "acme", Nodes: 4, Dir: filepath.Join(fresh, "below")}, fs.ErrNotExist},
		"working place": {org.Options{Name: "acme", Nodes: 4, Dir: "."}, fs.ErrExist},
	} {
		o, err := org.New(c.options)
		if !errors.Is(err, c.want) || o.Dir != "" {
			t.Errorf("%s: %+v, %v, want %v", name, o, err, c.want)
		}
	}
	if entries, err := os.ReadDir(parent); err != nil || len(entries) != 1 {
		t.Errorf("left: %v, %v", entries, err)
	}
}

// What is told of an organisation, and may be shown and logged, holds no value of its secret files.
func TestOrganisationHasNoSecrets(t *testing.T) {
	t.Parallel()
	o := newOrg(t, 4)
	told, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	files := read(t, o.Dir)
	public := string(told) + files["network.env"] + files["roster.txt"] + files["README.txt"] + files["docker-compose.yaml"] +
		files["local.sh"] + files[".env"] + files[".gitignore"]
	for _, secret := range secretsOf(t, files) {
		if strings.Contains(strings.ToLower(public), strings.ToLower(secret[:8])) {
			t.Error("a secret is told or is in a file that is not secret")
		}
	}
}
