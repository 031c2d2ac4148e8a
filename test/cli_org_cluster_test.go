package test_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// cliOrgCluster runs an organisation by its local.sh, and lets two strangers knock. The one is of another organisation
// of the same name. The other one has got hold of everything of the first, its network key too, but of no key in the roster.
func cliOrgCluster(t *testing.T, c cli) {
	prices, _ := startReplay(t, c)
	c = c.with("GOSSIP_PRICE="+c.path, "BOOTSTRAP_PORT="+freePort(t), "GP_PRICEURL="+prices)
	home, foreign, thief := newQuickOrg(t, c), newQuickOrg(t, c), quickOrg{t.TempDir()}
	if err := os.CopyFS(thief.dir, os.DirFS(home.dir)); err != nil {
		t.Fatal(err)
	}
	replaceIn(t, filepath.Join(thief.dir, "node1.env"), home.setting(t, "GP_PRIVATEKEY"), foreign.setting(t, "GP_PRIVATEKEY"))

	var members []*process
	for _, name := range []string{"bootstrap", "node1", "node2", "node3", "node4"} {
		members = append(members, home.start(t, c, name))
	}
	before := len(waitRows(t, home.store(), 0))
	strangers := []*process{foreign.start(t, c, "node1"), thief.start(t, c, "node1")}
	for _, p := range strangers {
		p.stderr.line(t, stepTimeout, "price fetched") // it lives and has something to say
		p.stderr.line(t, stepTimeout, "bootstrap unreachable")
		c.with("GP_APIADDR="+unit{process: p}.api(t)).run(t, "healthcheck", "--ready").want(t, 1, "peers that listen to prices: 0")
	}
	since := time.Now()
	until(t, stepTimeout, "two more rounds", func() bool {
		return waitRows(t, home.store(), before)[0].RoundTime.After(since.Add(2 * time.Second))
	})
	all := slices.Concat(members, strangers)
	for _, p := range all {
		p.stop(t, syscall.SIGTERM, 10*time.Second)
	}
	home.checkRows(t, c, foreign)
	for _, o := range []quickOrg{foreign, thief} {
		if r := c.run(t, "prices", "--all", "--json", "--database", o.store()).want(t, 0); r.stdout != "" {
			t.Errorf("prices of the organisation reached a stranger: %s", r.stdout)
		}
	}
	secrets := slices.Concat(secretsIn(t, home.dir), secretsIn(t, foreign.dir))
	for _, p := range all {
		noneOf(t, p.stdout.String()+p.stderr.String(), secrets)
	}
}

// quickOrg is an organisation with short times.
type quickOrg struct{ dir string }

func newQuickOrg(t *testing.T, c cli) quickOrg {
	t.Helper()
	o := quickOrg{filepath.Join(t.TempDir(), "acme")}
	c.run(t, "org", "new", "acme", "--dir", o.dir).want(t, 0)
	network := filepath.Join(o.dir, "network.env")
	replaceIn(t, network, "GP_FETCHPRICEINTERVAL=10m", "GP_FETCHPRICEINTERVAL=2")
	replaceIn(t, network, "GP_SETTLEPERIOD=30s", "GP_SETTLEPERIOD=1")
	replaceIn(t, network, "GP_FLUSHINTERVAL=30s", "GP_FLUSHINTERVAL=1")
	return o
}

// replaceIn changes a text that must be in a file.
func replaceIn(t *testing.T, file, from, to string) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil || strings.Count(string(content), from) != 1 {
		t.Fatalf("%s has no %s, or several: %v", file, from, err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(content), from, to, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// start runs a node as README.txt says.
func (o quickOrg) start(t *testing.T, c cli, name string) *process {
	t.Helper()
	c.path = "sh"
	return c.start(t, filepath.Join(o.dir, "local.sh"), name)
}

func (o quickOrg) store() string { return "sqlite:" + filepath.Join(o.dir, "data", "prices.db") }

// setting returns a setting of node1.
func (o quickOrg) setting(t *testing.T, name string) string {
	t.Helper()
	for _, line := range readSettings(t, filepath.Join(o.dir, "node1.env")) {
		if value, ok := strings.CutPrefix(line, name+"="); ok {
			return value
		}
	}
	t.Fatalf("no %s in %s", name, o.dir)
	return ""
}

// checkRows verifies all rows by the roster of the organisation, and sees them fail by that of another one, whose members
// stand in no row.
func (o quickOrg) checkRows(t *testing.T, c cli, other quickOrg) {
	t.Helper()
	proofs := c.run(t, "prices", "--all", "--json", "--database", o.store()).want(t, 0).stdout
	verify := func(by quickOrg) result {
		return c.reading(proofs).run(t, "verify", "--quorum", "3", "--network", "acme", "--signers", filepath.Join(by.dir, "roster.txt"))
	}
	verify(o).want(t, 0, " 0 failed (quorum 3)")
	verify(other).want(t, 1, " 0 ok, ")
	for _, line := range strings.Split(readFolder(t, other.dir)["roster.txt"], "\n") {
		if address, _, ok := strings.Cut(line, " # "); ok && strings.Contains(proofs, address) {
			t.Errorf("%s of another organisation stands in a row", address)
		}
	}
}
