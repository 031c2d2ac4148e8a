package postgrestest

import (
	"context"
	"crypto/rand"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Server is a Postgres server for the time of one test and its subtests. Its owner's role needs no password, others do.
type Server struct {
	// Log returns all that the server wrote; nothing of a server that is not the test's own.
	Log   func() string
	admin url.URL // of a database from which others can be created
}

// callTimeout bounds one statement to the server in preparing and cleaning up.
const callTimeout = 30 * time.Second

// Start returns a server that runs until t, with its subtests, is over. Starting one takes about two seconds, so tests
// share it: one top-level test calls Start and its parallel subtests call Database.
func Start(t testing.TB) *Server {
	t.Helper()
	if address := os.Getenv("TEST_DATABASEURL"); address != "" {
		admin, err := url.Parse(address)
		if err != nil {
			t.Fatal("TEST_DATABASEURL is not a URL") // its error may show the password
		}
		return &Server{Log: func() string { return "" }, admin: *admin}
	}
	address, log := launch(t, needBinaries(t), plain, func(string) ([]string, string) { return nil, "" })
	return &Server{Log: log, admin: address}
}

// Database makes an empty database that is dropped when t is over, with whatever still uses it, and returns its URL.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	own := s.admin
	name := "gossip_price_test_" + strings.ToLower(rand.Text())
	own.Path = "/" + name
	query := own.Query()
	query.Set("connect_timeout", "60") // a busy machine is not a server that is away
	own.RawQuery = query.Encode()
	s.run(t, "CREATE DATABASE "+name)
	t.Cleanup(func() { s.run(t, "DROP DATABASE "+name+" WITH (FORCE)") })
	return own.String()
}

// NodeDatabase is Database with a second URL: that of a role for nodes, with a password. The role is not made, but when t is
// over it is dropped like the database, with all roles whose names have its name in them.
func (s *Server) NodeDatabase(t testing.TB) (owner, node string) {
	t.Helper()
	name := "node_" + strings.ToLower(rand.Text()[:12])
	t.Cleanup(func() { // after the database, in which they have rights
		s.run(t, `DO $$ DECLARE r text; BEGIN
			FOR r IN SELECT rolname FROM pg_roles WHERE position('`+name+`' IN rolname) > 0 LOOP
				EXECUTE format('DROP ROLE %I', r);
			END LOOP; END $$`)
	})
	owner = s.Database(t)
	address, err := url.Parse(owner)
	if err != nil {
		t.Fatal(err)
	}
	address.User = url.UserPassword(name, rand.Text())
	return owner, address.String()
}

// run runs a statement by an admin connection of its own. It has a fresh context: clean-up comes after t's is over.
func (s *Server) run(t testing.TB, statement string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.admin.String())
	if err != nil {
		t.Fatalf("connect to the test server: %v", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// StartDurable returns a server of the test's own that syncs as one in use does, to measure by.
func StartDurable(t testing.TB) *Server {
	t.Helper()
	address, log := launch(t, needBinaries(t), plain, func(string) ([]string, string) {
		return []string{"-c", "fsync=on", "-c", "synchronous_commit=on", "-c", "full_page_writes=on"}, ""
	})
	return &Server{Log: log, admin: address}
}
