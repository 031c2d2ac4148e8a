package test_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/consensus/store/storetest"
)

const testNetwork = "cli"

// fill writes rows into a store and returns them, the oldest round first.
func fill(t *testing.T, databaseURL string, rows []consensus.Row) []consensus.Row {
	t.Helper()
	prices, err := store.Open(t.Context(), databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	if stored, err := prices.Insert(t.Context(), store.NewBatch(rows)); err != nil || len(stored) != len(rows) {
		t.Fatalf("%d of %d rows inserted: %v", len(stored), len(rows), err)
	}
	if err := prices.Close(); err != nil {
		t.Fatal(err)
	}
	return rows
}

// newSQLite returns the URL of an embedded store that holds some rows of three signers.
func newSQLite(t *testing.T, n int) (databaseURL string, rows []consensus.Row) {
	t.Helper()
	databaseURL = "sqlite:" + filepath.Join(t.TempDir(), "prices.db")
	return databaseURL, fill(t, databaseURL, storetest.NewSigners(t, testNetwork, 3).Rows(t, n))
}

func cliPrices(t *testing.T, c cli) {
	databaseURL, rows := newSQLite(t, 25)
	checkPrices(t, c.with("GP_DATABASEURL="+databaseURL), rows)
	flagged := c.run(t, "prices", "--database", databaseURL).want(t, 0)
	if set := c.with("GP_DATABASEURL="+databaseURL).run(t, "prices"); flagged != set {
		t.Error("--database and GP_DATABASEURL differ")
	}
	home := t.TempDir() // the store of the settings' default
	if err := os.Rename(strings.TrimPrefix(databaseURL, "sqlite:"), filepath.Join(home, "prices.db")); err != nil {
		t.Fatal(err)
	}
	if own := c.with("GP_DATADIR="+home).run(t, "prices"); own != flagged {
		t.Errorf("prices.db of GP_DATADIR is shown as\n%s%s", own.stdout, own.stderr)
	}
	// To look into a store that is not there must not make one.
	c.with("GP_DATADIR="+filepath.Join(home, "none")).run(t, "prices").want(t, 1, "no price store")
	if _, err := os.Stat(filepath.Join(home, "none")); err == nil {
		t.Error("reading made a store")
	}
}

// checkPrices checks what prices shows of the store that the environment of c names, and that every row verifies.
func checkPrices(t *testing.T, c cli, rows []consensus.Row) {
	t.Helper()
	oldest := func(found []consensus.Row) { slices.Reverse(found) }
	table := strings.Split(strings.TrimSpace(c.run(t, "prices").want(t, 0, "round ", " proposer ", " id\n").stdout), "\n")
	if len(table) != 1+20 {
		t.Errorf("%d lines by default", len(table))
	}
	newest := rows[len(rows)-1]
	for _, text := range []string{newest.ID.Short(), newest.Price.String(), newest.FirstSigner.String(), newest.RoundTime.Format("2006-01-02 15:04:05Z")} {
		if !strings.Contains(table[1], text) {
			t.Errorf("%s is not in the first line: %s", text, table[1])
		}
	}
	for flags, want := range map[string]struct {
		rows []consensus.Row
		sort func([]consensus.Row)
	}{
		"--limit 3":               {rows[len(rows)-3:], oldest},
		"--limit 1000":            {rows, oldest},
		"--all":                   {rows, func(found []consensus.Row) { byRound(found) }},
		"--limit 1 --all":         {rows, func(found []consensus.Row) { byRound(found) }},
		"--pair BTC-USD":          {ofPair(rows, "BTC-USD"), oldest},
		"--pair BTC-USD --all":    {ofPair(rows, "BTC-USD"), func(found []consensus.Row) { byRound(found) }},
		"--pair XXX-USD":          {nil, oldest},
		"--pair XXX-USD --all":    {nil, oldest},
		"--limit 25 --all=false ": {rows, oldest},
	} {
		found := proofs(t, c.run(t, append([]string{"prices", "--json"}, strings.Fields(flags)...)...).want(t, 0).stdout)
		want.sort(found)
		if !slices.EqualFunc(found, want.rows, func(a, b consensus.Row) bool { return a.ID == b.ID }) {
			t.Errorf("prices %s shows %d rows, want %d", flags, len(found), len(want.rows))
		}
		for _, row := range found {
			if row.CreatedTime.IsZero() {
				t.Errorf("row %s has no created_time", row.ID)
			}
		}
	}
	all := c.run(t, "prices", "--all", "--json").want(t, 0).stdout
	c.reading(all).run(t, "verify", "--signers", signersOf(rows[0])).want(t, 0, "25 checked, 25 ok, 0 failed (quorum 3)")
}

func byRound(rows []consensus.Row) {
	slices.SortFunc(rows, func(a, b consensus.Row) int { return a.RoundTime.Compare(b.RoundTime) })
}

func ofPair(rows []consensus.Row, name string) (found []consensus.Row) {
	for _, row := range rows {
		if string(row.Pair) == name {
			found = append(found, row)
		}
	}
	return found
}

// proofs reads what prices --json has written.
func proofs(t *testing.T, lines string) (rows []consensus.Row) {
	t.Helper()
	for line := range strings.Lines(lines) {
		rows = append(rows, decode[consensus.Row](t, line))
	}
	return rows
}

// signersOf returns who signed a row, as --signers takes it.
func signersOf(row consensus.Row) string {
	var names []string
	for _, a := range row.SignData {
		names = append(names, a.Signer.String())
	}
	return strings.Join(names, ",")
}

func cliFollow(t *testing.T, c cli) {
	checkFollow(t, c, "sqlite:"+filepath.Join(t.TempDir(), "prices.db"))
}

// checkFollow checks that rows which are written while prices follows the empty store are shown, each once.
func checkFollow(t *testing.T, c cli, databaseURL string) {
	t.Helper()
	rows := storetest.NewSigners(t, testNetwork, 3).Rows(t, 6)
	fill(t, databaseURL, rows[:3])
	c = c.with("GP_DATABASEURL=" + databaseURL)
	latest := c.start(t, "prices", "--follow", "--json", "--limit", "3")
	all := c.start(t, "prices", "--follow", "--all")
	latest.stdout.line(t, callTimeout, rows[2].ID.String())
	all.stdout.line(t, callTimeout, rows[2].ID.Short())
	fill(t, databaseURL, rows[3:4])
	latest.stdout.line(t, callTimeout, rows[3].ID.String())
	fill(t, databaseURL, rows[4:])
	for _, row := range rows[4:] {
		latest.stdout.line(t, callTimeout, row.ID.String())
		all.stdout.line(t, callTimeout, row.ID.Short())
	}
	latest.stop(t, syscall.SIGINT, 5*time.Second)
	all.stop(t, syscall.SIGTERM, 5*time.Second)
	if found := proofs(t, latest.stdout.String()); len(found) != len(rows) || found[0].ID != rows[0].ID {
		t.Errorf("--follow --json showed %d rows, want %d, the oldest first", len(found), len(rows))
	}
	for _, row := range rows {
		if n := len(all.stdout.lines(row.ID.Short())); n != 1 {
			t.Errorf("--follow --all showed a row %d times", n)
		}
	}
}
