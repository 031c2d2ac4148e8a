package test_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus/store/postgrestest"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/migrations"

	"github.com/jackc/pgx/v5"
)

// Nodes on one Postgres ask at most two statements of its tables in a window, all together, by the server's own log. They send
// no BEGIN and no COMMIT; pgx asks a connection that was idle whether it is alive by an empty statement, which is not counted.
func TestPostgresStatements(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	if server.Log() == "" {
		t.Skip("a server that is not the test's own shows no log")
	}
	v := newVillage(t, 4)
	v.cfg.DatabaseURL = server.Database(t)
	v.cfg.FlushInterval, v.cfg.ClockSkew = 3*time.Second, time.Second
	if _, err := migrations.Apply(t.Context(), v.cfg.DatabaseURL, ""); err != nil {
		t.Fatal(err)
	}
	v.open()
	v.wholeRounds(2, 4)
	admin, err := pgx.Connect(t.Context(), v.cfg.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	database := admin.Config().Database
	for _, statement := range []string{
		"ALTER DATABASE " + database + " SET log_statement = 'all'",
		"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
	} {
		if _, err := admin.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := admin.Close(t.Context()); err != nil {
		t.Error(err)
	}
	const windows = 8
	interval := v.cfg.FlushInterval
	begin := time.Now().Truncate(interval).Add(2 * interval) // connections are new by then
	if !global.Wait(t.Context(), time.Until(begin.Add(windows*interval))) {
		t.Fatal("interrupted")
	}
	counts := make([]int, windows)
	var statements []string
	line := regexp.MustCompile(`(?m)^(\S+ \S+) UTC .*(?:execute [^:]*|statement): (.*)$`)
	for _, m := range line.FindAllStringSubmatch(server.Log(), -1) {
		at, err := time.Parse("2006-01-02 15:04:05.000", m[1])
		if err != nil || at.Before(begin) || m[2] == "-- ping" {
			continue
		}
		if window := int(at.Sub(begin) / interval); window < windows {
			counts[window]++
			statements = append(statements, at.Format("05.000 ")+strings.TrimSpace(m[2]))
		}
	}
	total, most := sumAndMost(counts)
	if most > 2 {
		t.Errorf("statements a window: %v", counts)
	}
	if total < windows {
		t.Errorf("%d statements in %d windows: nothing was counted", total, windows)
	}
	logStatements(t, 4, "the log of a PostgreSQL", counts)
	if t.Failed() {
		t.Log(strings.Join(statements, "\n"))
	}
}
