package test_test

import (
	"net"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

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
	t.Run("nodes' role", func(t *testing.T) {
		t.Parallel()
		owner, node := server.NodeDatabase(t)
		cliNodeRole(t, c, owner, node)
	})
}

// cliNodeRole makes the nodes' role by migrate, and does with it what a node and the readers do.
func cliNodeRole(t *testing.T, c cli, owner, node string) {
	u, err := url.Parse(node)
	if err != nil {
		t.Fatal(err)
	}
	password, _ := u.User.Password()
	migrating := c.with("GP_DATABASEURL="+owner, "GP_NODEDATABASEURL="+node)
	plan := migrating.run(t, "migrate", "--plan").want(t, 0, "CREATE ROLE ", "PASSWORD '(hidden)';\n", "GRANT SELECT")
	for _, args := range [][]string{{"migrate", "--plan"}, {"migrate"}} {
		if r := migrating.run(t, args...).want(t, 0); r != plan {
			t.Errorf("%s: %+v, planned was %+v", args, r, plan)
		}
	}
	again := migrating.run(t, "migrate").want(t, 0, "the schema is up to date", "the nodes' role is up to date")
	shown := migrating.run(t, "config").want(t, 0, "GP_NODEDATABASEURL", "xxxxx@")
	asNode := c.with("GP_DATABASEURL=" + node)
	checkPrices(t, asNode, fill(t, node, storetest.NewSigners(t, testNetwork, 3).Rows(t, 25)))
	refused := asNode.run(t, "migrate").want(t, 1, "permission denied")
	u.User = url.UserPassword("postgres", password)
	both := c.with("GP_DATABASEURL="+u.String(), "GP_NODEDATABASEURL="+u.String()).run(t, "migrate").want(t, 1, "who owns the tables")
	file := c.with("GP_DATABASEURL=sqlite:prices.db", "GP_NODEDATABASEURL="+node).run(t, "migrate").want(t, 1, "set GP_DATABASEURL too")
	for _, r := range []result{plan, again, shown, refused, both, file} {
		if strings.Contains(r.stdout+r.stderr, password) {
			t.Errorf("the password is shown: %+v", r)
		}
	}
}

func cliMigrate(t *testing.T, c cli, _ string) {
	plan := c.run(t, "migrate", "--plan").want(t, 0, "CREATE TABLE", ";\n")
	c.run(t, "migrate", "--plan", "--json").want(t, 0, `"statements":["CREATE`, `"applied":false}`)
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
	for args, want := range map[string]string{
		"":                                   `"statements":[],"applied":true}`,
		"--plan":                             `"statements":[],"applied":false}`,
		"--plan --database sqlite:prices.db": `{"database":"sqlite:prices.db","statements":[],"applied":false}`,
	} {
		if r := c.run(t, append([]string{"migrate", "--json"}, strings.Fields(args)...)...).want(t, 0, want); r.stderr != "" {
			t.Errorf("migrate --json %s says %s", args, r.stderr)
		}
	}
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
	checkFollowAway(t, c, databaseURL)
}

// checkFollowAway cuts a follower's line to its database, and heals it: it says so, goes on, and misses no row.
func checkFollowAway(t *testing.T, c cli, databaseURL string) {
	t.Helper()
	u, err := url.Parse(databaseURL)
	if err != nil || u.Query().Get("host") == "" {
		t.Skip("the server does not listen on a Unix socket") // TEST_DATABASEURL
	}
	line := newDatabaseLine(t, databaseURL)
	address := line.address(t, u.User.Username(), "", strings.TrimPrefix(u.Path, "/"))
	follower := c.with("GP_DATABASEURL="+address).start(t, "prices", "--follow", "--json")
	follower.stdout.line(t, callTimeout, `"id":`)
	line.cut()
	follower.stderr.line(t, callTimeout, "the price store can't be read, next try in ")
	rows := fill(t, databaseURL, storetest.NewSigners(t, testNetwork, 3).Rows(t, 2))
	line.heal()
	follower.stderr.line(t, callTimeout, "the price store can be read again; no row was missed")
	for _, row := range rows {
		follower.stdout.line(t, callTimeout, row.ID.String())
	}
	follower.stop(t, syscall.SIGINT, 5*time.Second)
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
