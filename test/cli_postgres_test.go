package test_test

import (
	"net"
	"net/url"
	"strings"
	"testing"

	"github.com/gossip-price/gossip-price/consensus/store/postgrestest"
	"github.com/gossip-price/gossip-price/consensus/store/storetest"
)

// cliPostgres checks all that needs a server.
func cliPostgres(t *testing.T, c cli) {
	server := postgrestest.Start(t)
	for name, test := range map[string]func(*testing.T, cli, string){
		"migrate": cliMigrate,
		"prices":  cliPostgresPrices,
		"follow":  checkMigratedFollow,
		"cluster": cliCluster,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			databaseURL := server.Database(t)
			test(t, c.with("GP_DATABASEURL="+databaseURL), databaseURL)
		})
	}
}

func cliMigrate(t *testing.T, c cli, _ string) {
	plan := c.run(t, "migrate", "--plan").want(t, 0, "CREATE TABLE", ";\n")
	if again := c.run(t, "migrate", "--plan"); again != plan {
		t.Errorf("--plan has changed something: %+v", again)
	}
	c.run(t, "prices").want(t, 1, "gossip-price migrate")
	results := make(chan result, 2)
	for range cap(results) { // several at once are safe
		go func() { results <- c.run(t, "migrate") }()
	}
	one, other := (<-results).want(t, 0), (<-results).want(t, 0)
	if one.stdout+other.stdout != plan.stdout {
		t.Errorf("two migrations at once ran\n%s%s, planned was\n%s", one.stdout, other.stdout, plan.stdout)
	}
	for _, args := range [][]string{{"migrate"}, {"migrate", "--plan"}} {
		if r := c.run(t, args...).want(t, 0, "up to date"); r.stdout != "" {
			t.Errorf("nothing is to be done: %+v", r)
		}
	}
	c.run(t, "prices").want(t, 0, "round ")
	c.run(t, "migrate", "--database", "sqlite:prices.db").want(t, 0, "nothing to do")
	for _, command := range []string{"migrate", "prices"} {
		refused := c.run(t, command, "--database", unreachable()).want(t, 1, "127.0.0.1:1", "connection refused")
		if strings.Contains(refused.stderr, "hunter2") {
			t.Errorf("the error shows the password: %s", refused.stderr)
		}
	}
}

func cliPostgresPrices(t *testing.T, c cli, databaseURL string) {
	c.run(t, "migrate").want(t, 0)
	checkPrices(t, c, fill(t, databaseURL, storetest.NewSigners(t, testNetwork, 3).Rows(t, 25)))
}

func checkMigratedFollow(t *testing.T, c cli, databaseURL string) {
	c.run(t, "migrate").want(t, 0)
	checkFollow(t, c, databaseURL)
}

// freePort returns a TCP port of loopback that nobody listens on.
func freePort(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// unreachable returns a database's URL at a server that is not there.
func unreachable() string {
	return (&url.URL{Scheme: "postgres", User: url.UserPassword("me", "hunter2"), Host: "127.0.0.1:1", Path: "/x"}).String()
}
