package test_test

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store/postgrestest"
	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/migrations"
	"github.com/gossip-price/gossip-price/node"
)

// outage is a way in which the database of all nodes fails, and how that ends. Statements are run by its owner.
type outage struct {
	name        string
	begin, end  string                // statements
	beginOn     func(p *databaseLine) // of the line to the database
	endOn       func(p *databaseLine)
	writesGoOn  bool // though slowly
	toldLate    bool // only when a call's time is over
	disconnects bool // clients, when it begins and ends, so that they feel it
}

func outages() []outage {
	const noWrites = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$"
	const writes = "BEGIN READ WRITE; DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET default_transaction_read_only', current_database()); END $$; COMMIT"
	return []outage{
		{name: "cut", beginOn: (*databaseLine).cut, endOn: (*databaseLine).heal},
		{name: "silent", toldLate: true, beginOn: (*databaseLine).pause, endOn: (*databaseLine).heal},
		{name: "table missing", begin: "ALTER TABLE prices RENAME TO away", end: "ALTER TABLE away RENAME TO prices"},
		{name: "read-only", begin: noWrites, end: writes, disconnects: true},
		{
			name:  "5 s a statement",
			begin: "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(5); RETURN NULL; END $$; CREATE TRIGGER slow BEFORE INSERT ON prices FOR EACH STATEMENT EXECUTE FUNCTION slow()",
			end:   "DROP FUNCTION slow CASCADE", writesGoOn: true,
		},
		{name: "no rights", begin: "REVOKE INSERT ON prices FROM oracle", end: "GRANT INSERT ON prices TO oracle"},
		{name: "password changed", begin: "ALTER ROLE oracle PASSWORD 'another'", end: "ALTER ROLE oracle PASSWORD 'secret'", disconnects: true},
		{name: "no connections", begin: "ALTER ROLE oracle CONNECTION LIMIT 0", end: "ALTER ROLE oracle CONNECTION LIMIT -1", disconnects: true},
		{name: "shut down, clients told", disconnects: true, beginOn: (*databaseLine).cut, endOn: (*databaseLine).heal},
	}
}

// TestOutages has the database that four nodes share fail in one way after the other. Meanwhile prices reach their quorum as
// ever; afterwards every price is there, once, and no log of the server has a word of keys that are there twice.
func TestOutages(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes 80 s, of waiting most")
	}
	server := postgrestest.Start(t)
	v := newVillage(t, 4)
	v.cfg.DatabaseURL = server.Database(t)
	if _, err := migrations.Apply(t.Context(), v.cfg.DatabaseURL, ""); err != nil {
		t.Fatal(err)
	}
	owner, err := pgx.Connect(t.Context(), v.cfg.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.WithoutCancel(t.Context()) // clean-up comes after it
	t.Cleanup(func() { _ = owner.Close(ctx) })
	role := "oracle_" + strings.ToLower(owner.Config().Database[len(owner.Config().Database)-10:])
	do := func(statements string) {
		t.Helper()
		if statements == "" {
			return
		}
		if _, err := owner.Exec(ctx, strings.ReplaceAll(statements, "oracle", role)); err != nil {
			t.Fatalf("%s: %v", statements, err)
		}
	}
	do("CREATE ROLE oracle LOGIN PASSWORD 'secret'; GRANT SELECT, INSERT ON prices, price_store TO oracle")
	t.Cleanup(func() { do("DROP OWNED BY oracle; DROP ROLE oracle") })
	line := newDatabaseLine(t, v.cfg.DatabaseURL)
	nodes := line.address(t, role, "secret", owner.Config().Database)
	v.peculiar = func(_ int, own *config.Config) { own.DatabaseURL = nodes }
	line.cut() // it is away when the nodes start
	v.open()
	first := v.quorumsDuring(t, 4*time.Second)
	line.heal()
	eventually(t, socketPatience, "the first prices are stored", func() bool { return v.missing(first) == 0 })
	calm := v.wholeRounds(2, 4)
	for _, o := range outages() {
		v.suffer(t, o, do, line)
	}
	under := v.wholeRounds(2, 4)
	if log := server.Log(); strings.Contains(log, "duplicate key") {
		t.Errorf("the server's log:\n%s", log)
	}
	t.Logf("quorums: before %s, after %s", calm, under)
}

// suffer goes through one outage of some seconds, and writes the line about it.
func (v *village) suffer(t *testing.T, o outage, do func(string), line *databaseLine) {
	t.Helper()
	const length = 4 * time.Second
	const disconnect = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'oracle'"
	do(o.begin)
	if o.disconnects {
		do(disconnect)
	}
	if o.beginOn != nil {
		o.beginOn(line)
	}
	began := time.Now()
	quorums := v.quorumsDuring(t, length)
	waited := v.unwritten(quorums, began)
	if want := int(length/v.cfg.FetchPriceInterval-1) * 4; len(quorums) < want {
		t.Errorf("%s: %d prices had a quorum on the first node, want %d", o.name, len(quorums), want)
	}
	if !o.writesGoOn && waited == 0 {
		t.Errorf("%s: no price waits: nothing was tested", o.name)
	}
	if !o.writesGoOn && !o.toldLate {
		eventually(t, socketPatience, o.name+": it is told", func() bool {
			return slices.ContainsFunc(v.nodes, func(n *node.Node) bool { return storeProblem(n) != "" })
		})
	}
	do(o.end)
	if o.disconnects {
		do(disconnect)
	}
	if o.endOn != nil {
		o.endOn(line)
	}
	ended := time.Now()
	eventually(t, socketPatience, o.name+": all prices are stored", func() bool { return v.missing(quorums) == 0 })
	took := time.Since(ended)
	eventually(t, socketPatience, o.name+": the nodes are well", func() bool {
		return !slices.ContainsFunc(v.nodes, func(n *node.Node) bool { return storeProblem(n) != "" })
	})
	t.Logf("outage: %s | %s | %d prices meanwhile, %d waited, 0 lost | all stored after %s", o.name,
		ended.Sub(began).Round(time.Second), len(quorums), waited, took.Round(100*time.Millisecond))
}

// storeProblem returns what a node says of its price store; nothing when all is well.
func storeProblem(n *node.Node) string {
	for _, p := range n.Ready() {
		if p.Name == "store" {
			return p.Detail
		}
	}
	return ""
}

// unwritten returns how many of the prices no node has stored since the given time.
func (v *village) unwritten(quorums []note, began time.Time) int {
	written := make(map[signing.Digest]bool)
	for _, n := range v.told.find(node.Stored, since(began)) {
		written[n.ID] = true
	}
	count := 0
	for _, n := range quorums {
		if !written[n.ID] {
			count++
		}
	}
	return count
}

// TestOutageHour has the store away for an hour: all that was verified meanwhile is stored after the next tries.
func TestOutageHour(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(t *testing.T, c *cluster) {
		c.settings.FetchPriceInterval, c.settings.FlushInterval = 5*time.Minute, 30*time.Second
		seats := c.form(4, 4)
		c.meshed(seats...)
		c.rounds(1)
		giveBack := c.takeStore()
		rounds := c.rounds(12)
		for _, s := range seats {
			if told := storeProblem(s.node); !strings.Contains(told, "prices wait, the oldest for ") {
				t.Errorf("node%d tells %q", s.number, told)
			}
		}
		giveBack()
		pass(2 * c.settings.FlushInterval)
		for _, round := range rounds {
			c.expectRows(round, seats...)
		}
	})
}

// address returns the URL of a database by the line.
func (p *databaseLine) address(t *testing.T, user, password, database string) string {
	t.Helper()
	u := url.URL{Scheme: "postgres", User: url.UserPassword(user, password), Host: p.listener.Addr().String(), Path: "/" + database}
	u.RawQuery = url.Values{"sslmode": {"disable"}, "connect_timeout": {"2"}}.Encode()
	return fmt.Sprint(&u)
}
