package postgrestest

import (
	"context"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Pair is a primary server and a standby that streams from it, both the test's own. What the primary confirms the standby has.
type Pair struct {
	Server
	standby string // its folder
	crash   func(t testing.TB)
}

// StartPair returns a pair for the time of the test.
func StartPair(t testing.TB) *Pair {
	t.Helper()
	if os.Getenv("TEST_DATABASEURL") != "" && findBinaries() == "" {
		t.Skip("a standby needs Postgres binaries: the server of TEST_DATABASEURL is not ours to copy")
	}
	bin := needBinaries(t)
	var primary string
	p := &Pair{}
	p.admin, p.Log = launch(t, bin, plain, func(folder string) (options []string, access string) {
		primary = folder
		return []string{"-c", "synchronous_commit=on"}, "local replication postgres trust\n"
	})
	folder, err := os.MkdirTemp("", "pg")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	p.standby = folder
	as := unprivileged(t, folder)
	run := func(t testing.TB, name string, arguments ...string) {
		t.Helper()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), startTimeout)
		defer cancel()
		command := exec.CommandContext(ctx, filepath.Join(bin, name), arguments...)
		command.SysProcAttr = as
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
	}
	data := filepath.Join(folder, "data")
	run(t, "pg_basebackup", "--host", primary, "--port", plain, "--username", "postgres", "--pgdata", data,
		"--write-recovery-conf", "--checkpoint", "fast", "--no-sync")
	serve(t, as, filepath.Join(bin, "postgres"), "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off",
		"-c", "max_connections=200", "-c", "port="+plain, "-c", "hba_file="+filepath.Join(primary, "access"))
	ctx, cancel := context.WithTimeout(t.Context(), startTimeout)
	defer cancel()
	if err := waitFor(ctx, p.on(p.admin.String(), folder, nil)); err != nil {
		t.Fatalf("the standby does not answer: %v", err)
	}
	p.run(t, "ALTER SYSTEM SET synchronous_standby_names = '*'")
	p.run(t, "SELECT pg_reload_conf()")
	p.crash = func(t testing.TB) {
		t.Helper()
		run(t, "pg_ctl", "stop", "--pgdata", filepath.Join(primary, "data"), "--mode", "immediate")
	}
	return p
}

// Both returns the URL of a database with both servers in it, so that the one is used that takes writes.
func (p *Pair) Both(t testing.TB, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return p.on(address, u.Query().Get("host")+","+p.standby,
		url.Values{"port": {plain + "," + plain}, "target_session_attrs": {"read-write"}})
}

// on returns the URL with other servers, by their folders.
func (p *Pair) on(address, folders string, parameters url.Values) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	query := u.Query()
	query.Set("host", folders)
	for name, values := range parameters {
		query[name] = values
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// Crash stops the primary as a loss of power does.
func (p *Pair) Crash(t testing.TB) {
	t.Helper()
	p.crash(t)
	p.admin = mustParse(t, p.on(p.admin.String(), p.standby, nil))
}

// Promote makes the standby take writes. Databases of the pair are dropped there when their tests are over.
func (p *Pair) Promote(t testing.TB) {
	t.Helper()
	p.run(t, "SELECT pg_promote()")
	p.run(t, "ALTER SYSTEM RESET synchronous_standby_names") // nobody streams from it
	p.run(t, "SELECT pg_reload_conf()")
}

func mustParse(t testing.TB, address string) url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return *u
}
