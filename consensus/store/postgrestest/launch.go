package postgrestest

import (
	"bytes"
	"context"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// startTimeout bounds initdb, and the wait until the server answers.
	startTimeout = 60 * time.Second
	// pollInterval is how often the server is asked meanwhile.
	pollInterval = 20 * time.Millisecond
)

// script runs the server until its standard input ends: when the test says so, or when the test's process dies.
const script = `"$0" "$@" </dev/null & server=$!; cat >/dev/null; kill -INT $server; wait $server`

// access lets the owner of all in without a password by the socket, and everybody else by password.
const access = "local all postgres trust\nlocal all all scram-sha-256\n"

// plain is the port of a server that only listens on its socket, whose name has the port in it.
const plain = "5432"

// launch makes a database cluster in a folder of its own and serves it on a Unix socket there. prepare may put files into
// the folder, which belongs to the server's user, and returns more options of the server and lines for who may log in.
func launch(t testing.TB, bin, port string, prepare func(folder string) (options []string, access string)) (address url.URL, log func() string) {
	t.Helper()
	// A socket's path has room for 107 characters: t.TempDir() is too long.
	folder, err := os.MkdirTemp("", "pg")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	data, rules := filepath.Join(folder, "data"), filepath.Join(folder, "access")
	options, more := prepare(folder)
	if err := os.WriteFile(rules, []byte(access+more), 0o600); err != nil {
		t.Fatal(err)
	}
	as := unprivileged(t, folder)

	ctx, cancel := context.WithTimeout(t.Context(), startTimeout)
	defer cancel()
	initdb := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "--pgdata", data, "--username", "postgres",
		"--auth", "trust", "--encoding", "UTF8", "--no-locale", "--no-sync")
	initdb.SysProcAttr = as
	if out, err := initdb.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	command := []string{
		filepath.Join(bin, "postgres"), "-D", data, "-k", folder,
		"-c", "listen_addresses=", "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off",
		"-c", "max_connections=200", "-c", "port=" + port, "-c", "hba_file=" + rules,
	}
	log = serve(t, as, append(command, options...)...)
	address = url.URL{
		Scheme: "postgres", User: url.User("postgres"), Path: "/postgres",
		RawQuery: url.Values{"host": {folder}, "port": {port}}.Encode(),
	}
	if err := waitFor(ctx, address.String()); err != nil {
		t.Fatalf("the server does not answer: %v\n%s", err, log())
	}
	return address, log
}

// serve starts the server, stops it when t is over, and returns what reads its log.
func serve(t testing.TB, as *syscall.SysProcAttr, command ...string) (log func() string) {
	t.Helper()
	// Not t.Context(): that ends before the clean-up, which stops the server gently.
	server := exec.CommandContext(context.WithoutCancel(t.Context()), "sh", append([]string{"-c", script}, command...)...)
	server.SysProcAttr = as
	file, err := os.Create(filepath.Join(t.TempDir(), "server.log"))
	if err != nil {
		t.Fatal(err)
	}
	server.Stdout, server.Stderr = file, file
	stop, err := server.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatalf("start the server: %v", err)
	}
	t.Cleanup(func() {
		_, _ = stop.Close(), server.Wait()
		_ = file.Close()
	})
	return func() string {
		b, _ := os.ReadFile(file.Name())
		return string(bytes.TrimSpace(b))
	}
}

// unprivileged returns how to run the server, which refuses to run as root, as another user, and gives them the folder with
// the files in it.
func unprivileged(t testing.TB, folder string) *syscall.SysProcAttr {
	t.Helper()
	if os.Geteuid() != 0 {
		return nil
	}
	other, err := user.Lookup("postgres")
	if err != nil {
		other, err = user.Lookup("nobody")
	}
	if err != nil {
		t.Fatalf("find a user that is not root: %v", err)
	}
	uid, uidErr := strconv.ParseUint(other.Uid, 10, 32)
	gid, gidErr := strconv.ParseUint(other.Gid, 10, 32)
	if uidErr != nil || gidErr != nil {
		t.Fatalf("user %s has no numeric ids", other.Username)
	}
	files, _ := filepath.Glob(filepath.Join(folder, "*")) // errs on a bad pattern only
	for _, path := range append(files, folder) {
		if err := os.Chown(path, int(uid), int(gid)); err != nil {
			t.Fatal(err)
		}
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
}

// waitFor asks the server until it answers.
func waitFor(ctx context.Context, address string) error {
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	for {
		conn, err := pgx.Connect(ctx, address)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			return err
		case <-ticker.C:
		}
	}
}
