package org_test

import (
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gossip-price/gossip-price/global/config"
)

// TestSettingsLoad reads the settings as each node gets them. It sets the environment, so it does not run in parallel.
func TestSettingsLoad(t *testing.T) {
	o := newOrg(t, 4)
	files := read(t, o.Dir)
	for _, entry := range os.Environ() {
		if name, value, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "GP_") {
			t.Setenv(name, value) // restores it after the test
		}
	}
	t.Setenv("HOME", t.TempDir())
	migration, err := load(t, settings(t, files["migrate.env"]))
	if err != nil || migration.DatabaseURL == "" || migration.NodeDatabaseURL == "" {
		t.Errorf("migrate: %v", err)
	}
	for _, name := range []string{"bootstrap", "node1", "node2", "node3", "node4"} {
		set := settings(t, files["network.env"])
		maps.Copy(set, settings(t, files[name+".env"]))
		cfg, err := load(t, set)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		isBootstrap := name == "bootstrap"
		if cfg.Bootstrap != isBootstrap || (len(cfg.BootstrapAddr) == 0) != isBootstrap || (cfg.DatabaseURL == "") != isBootstrap {
			t.Errorf("%s: bootstrap %v, at %v", name, cfg.Bootstrap, cfg.BootstrapAddr)
		}
		if cfg.Network != o.Name || cfg.MinimumSignerCount != o.Quorum || !slices.Equal(cfg.Signers, o.Signers) || len(cfg.NetworkKey) != 32 {
			t.Errorf("%s: network %s, quorum %d, signers %v, key of %d bytes", name, cfg.Network, cfg.MinimumSignerCount, cfg.Signers, len(cfg.NetworkKey))
		}
		if !isBootstrap && !slices.Contains(o.Signers, cfg.PrivateKey.Address()) {
			t.Errorf("%s is not in its roster", name)
		}
	}
}

// load reads settings from an environment that has these GP_ variables and no others.
func load(t *testing.T, set map[string]string) (config.Config, error) {
	t.Helper()
	for _, s := range config.Settings() {
		t.Setenv(s.Name, set[s.Name])
		delete(set, s.Name)
	}
	if len(set) > 0 {
		t.Errorf("no settings of a node: %v", slices.Collect(maps.Keys(set)))
	}
	return config.Load()
}

// TestDatabasePasswords: the owner's goes to the database and the migration only, the nodes have one of their own.
func TestDatabasePasswords(t *testing.T) {
	t.Parallel()
	files := read(t, newOrg(t, 4).Dir)
	migrate := settings(t, files["migrate.env"])
	owner, node := parse(t, migrate["GP_DATABASEURL"]), parse(t, migrate["GP_NODEDATABASEURL"])
	ownerPassword, _ := owner.User.Password()
	nodePassword, _ := node.User.Password()
	if ownerPassword == nodePassword || len(ownerPassword) < 26 || len(nodePassword) < 26 || owner.User.Username() == node.User.Username() {
		t.Error("owner and nodes need passwords and names of their own")
	}
	db := settings(t, files["db.env"])
	if db["POSTGRES_PASSWORD"] != ownerPassword || owner.Path != "/"+db["POSTGRES_DB"] {
		t.Error("the migration logs in otherwise than the database says")
	}
	for name, content := range files {
		if name != "db.env" && name != "migrate.env" && strings.Contains(content, ownerPassword) {
			t.Errorf("%s has the owner's password", name)
		}
		if strings.HasPrefix(name, "node") && settings(t, content)["GP_DATABASEURL"] != migrate["GP_NODEDATABASEURL"] {
			t.Errorf("%s has another database than the migration makes", name)
		}
	}
}

func parse(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil || u.User == nil {
		t.Fatalf("no URL of a database: %v", err)
	}
	return u
}
