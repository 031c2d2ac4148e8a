package store_test

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/consensus/store/postgrestest"
	"github.com/gossip-price/gossip-price/consensus/store/storetest"
)

func TestFaults(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"22003": "row", "22021": "row", "22P02": "row", "22P05": "row", "23502": "row", "23503": "row", "23505": "row",
		"23514": "row", "54000": "row", "P0001": "row",
		"40001": "passing", "40P01": "passing",
		"08006": "store", "25006": "store", "28P01": "store", "3D000": "store", "42P01": "store", "42501": "store",
		"53100": "store", "53200": "store", "53300": "store", "55P03": "store", "57014": "store", "57P01": "store",
		"57P03": "store", "58030": "store", "XX001": "store", "": "store", "2": "store",
	} {
		if got := store.Fault(fmt.Errorf("insert: %w", &pgconn.PgError{Code: code})); got != want {
			t.Errorf("%s is about %q, want %q", code, got, want)
		}
	}
	for _, err := range []error{nil, errors.New("no route to host")} {
		if got := store.Fault(err); got != "store" {
			t.Errorf("%v is about %q", err, got)
		}
	}
}

// TestPostgresFaults has a real server answer with each code that can be provoked: what it says of one row leaves the others
// to be stored, what it says of itself leaves none, and all are stored once it is over.
func TestPostgresFaults(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	const body = " ON prices FOR EACH ROW WHEN (NEW.id = 'BAD') EXECUTE FUNCTION refuse(); "
	raise := func(code string) string {
		return `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '` + code +
			`'; END $$; CREATE TRIGGER refuse BEFORE INSERT` + body
	}
	const unraise = "DROP FUNCTION refuse CASCADE"
	for name, c := range map[string]struct {
		code, spoil, mend string
		row               bool
	}{
		"check":      {"23514", "ALTER TABLE prices ADD CONSTRAINT bad CHECK (id <> 'BAD')", "ALTER TABLE prices DROP CONSTRAINT bad", true},
		"not null":   {"23502", "ALTER TABLE prices ADD COLUMN n int NOT NULL GENERATED ALWAYS AS (nullif(length(id), CASE WHEN id = 'BAD' THEN 66 ELSE 1 END)) STORED", "ALTER TABLE prices DROP COLUMN n", true},
		"overflow":   {"22003", "ALTER TABLE prices ADD COLUMN n smallint GENERATED ALWAYS AS (CASE WHEN id = 'BAD' THEN 99999 ELSE 1 END) STORED", "ALTER TABLE prices DROP COLUMN n", true},
		"division":   {"22012", "ALTER TABLE prices ADD COLUMN n int GENERATED ALWAYS AS (1 / CASE WHEN id = 'BAD' THEN length(pair) - length(pair) ELSE 1 END) STORED", "ALTER TABLE prices DROP COLUMN n", true},
		"foreign":    {"23503", "CREATE TABLE known (id text PRIMARY KEY); " + "ALTER TABLE prices ADD COLUMN bad text GENERATED ALWAYS AS (CASE WHEN id = 'BAD' THEN id END) STORED REFERENCES known", "ALTER TABLE prices DROP COLUMN bad", true},
		"unique":     {"23505", "CREATE TABLE taken (id text UNIQUE); INSERT INTO taken VALUES ('BAD'); CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO taken VALUES (NEW.id); RETURN NEW; END $$; CREATE TRIGGER refuse BEFORE INSERT" + body, unraise, true},
		"trigger":    {"P0001", raise("P0001"), unraise, true},
		"table":      {"42P01", "ALTER TABLE prices RENAME TO p", "ALTER TABLE p RENAME TO prices", false},
		"column":     {"42703", "ALTER TABLE prices RENAME COLUMN pair TO p", "ALTER TABLE prices RENAME COLUMN p TO pair", false},
		"disk":       {"53100", raise("53100"), unraise, false},
		"read-only":  {"25006", "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$", "BEGIN READ WRITE; DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET default_transaction_read_only', current_database()); END $$; COMMIT", false},
		"cancelled":  {"57014", raise("57014"), unraise, false},
		"all checks": {"23514", "ALTER TABLE prices ADD CONSTRAINT bad CHECK (id = '')", "ALTER TABLE prices DROP CONSTRAINT bad", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := migrated(t, server)
			rows := storetest.NewSigners(t, "n", 1).Rows(t, 40)
			execute(t, address, strings.ReplaceAll(c.spoil, "BAD", rows[7].ID.String()))
			prices := open(t, address)
			stored, err := prices.Insert(t.Context(), store.NewBatch(rows))
			var answer *pgconn.PgError
			if c.code != "42P01" && c.code != "42703" && (!errors.As(err, &answer) || answer.Code != c.code) {
				t.Errorf("Insert = %v, want %s", err, c.code)
			}
			refused, some := errors.AsType[*store.RefusedError](err)
			if some != c.row || some && (len(refused.Rows) != 1 || refused.Rows[0].ID != rows[7].ID || refused.Rest != nil || len(stored) != 39) ||
				!some && len(stored) > 0 {
				t.Errorf("stored %d, %v", len(stored), err)
			}
			execute(t, address, c.mend)
			again := open(t, address)
			more, err := again.Insert(t.Context(), store.NewBatch(rows))
			if err != nil || len(stored)+len(more) != len(rows) {
				t.Errorf("then stored %d after %d, %v", len(more), len(stored), err)
			}
		})
	}
	t.Run("deadlock", func(t *testing.T) { t.Parallel(); passing(t, server, "40P01") })
	t.Run("serialisation", func(t *testing.T) { t.Parallel(); passing(t, server, "40001") })
	t.Run("serialisable", func(t *testing.T) { t.Parallel(); serializable(t, server) })
	t.Run("rights", func(t *testing.T) { t.Parallel(); rightsGone(t, server) })
}

// passing has a statement fail twice: the rows are stored by one Insert.
func passing(t *testing.T, server *postgrestest.Server, code string) {
	t.Helper()
	address := migrated(t, server)
	execute(t, address, `CREATE SEQUENCE tries; CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
		IF nextval('tries') < 3 THEN RAISE EXCEPTION 'again' USING ERRCODE = '`+code+`'; END IF; RETURN NULL; END $$;
		CREATE TRIGGER refuse BEFORE INSERT ON prices FOR EACH STATEMENT EXECUTE FUNCTION refuse()`)
	rows := storetest.NewSigners(t, "n", 1).Rows(t, 5)
	if stored, err := open(t, address).Insert(t.Context(), store.NewBatch(rows)); err != nil || len(stored) != 5 {
		t.Errorf("stored %d, %v", len(stored), err)
	}
}

// serializable has four writers insert the same rows at the same time, in a database whose transactions are serialisable: what
// one writes makes the others' statements fail.
func serializable(t *testing.T, server *postgrestest.Server) {
	t.Helper()
	address := migrated(t, server)
	execute(t, address, `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation = serializable', current_database()); END $$`)
	rows := storetest.NewSigners(t, "n", 1).Rows(t, 2000)
	results := make(chan int, 4)
	for range cap(results) {
		prices := open(t, address)
		go func() {
			stored, err := prices.Insert(t.Context(), store.NewBatch(rows))
			if err != nil {
				t.Error(err)
			}
			results <- len(stored)
		}()
	}
	all := 0
	for range cap(results) {
		all += <-results
	}
	t.Logf("%d statements failed to serialise", strings.Count(server.Log(), "could not serialize"))
	if all != len(rows) {
		t.Errorf("%d rows were new to their writers, of %d", all, len(rows))
	}
}

// rightsGone takes the right to write, the password and the connections from a role, and gives them back.
func rightsGone(t *testing.T, server *postgrestest.Server) {
	t.Helper()
	owner, node := server.NodeDatabase(t)
	migrateTo(t, owner)
	u, err := url.Parse(node)
	if err != nil {
		t.Fatal(err)
	}
	name := u.User.Username()
	password, _ := u.User.Password()
	execute(t, owner, fmt.Sprintf("CREATE ROLE %s LOGIN PASSWORD '%s'; GRANT SELECT, INSERT ON prices, price_store TO %[1]s", name, password))
	rows := storetest.NewSigners(t, "n", 1).Rows(t, 9)
	for i, c := range []struct{ code, take, give string }{
		{"42501", "REVOKE INSERT ON prices FROM %s", "GRANT INSERT ON prices TO %s"},
		{"28P01", "ALTER ROLE %s PASSWORD 'another'", "ALTER ROLE %s PASSWORD '" + password + "'"},
		{"53300", "ALTER ROLE %s CONNECTION LIMIT 0", "ALTER ROLE %s CONNECTION LIMIT -1"},
		{"28000", "ALTER ROLE %s NOLOGIN", "ALTER ROLE %s LOGIN"},
	} {
		prices := open(t, node)
		execute(t, owner, fmt.Sprintf(c.take, name))
		stored, err := prices.Insert(t.Context(), store.NewBatch(rows[2*i:2*i+2]))
		var answer *pgconn.PgError
		if !errors.As(err, &answer) || answer.Code != c.code || store.Fault(err) != "store" || len(stored) > 0 ||
			strings.Contains(err.Error(), password) {
			t.Errorf("%s: stored %d, %v", c.code, len(stored), err)
		}
		execute(t, owner, fmt.Sprintf(c.give, name))
		if stored, err := prices.Insert(t.Context(), store.NewBatch(rows[2*i:2*i+2])); err != nil || len(stored) != 2 {
			t.Errorf("after %s: stored %d, %v", c.code, len(stored), err)
		}
	}
}

// TestPoison mixes several bad rows into many good ones, in a server that logs every error: the good are stored, the bad are
// named, and no log has a word of keys that are there twice, though the same rows come from all sides.
func TestPoison(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	address := migrated(t, server)
	rows := storetest.NewSigners(t, "n", 1).Rows(t, 700)
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	if _, err := conn.Exec(t.Context(), "CREATE TABLE bad (id text)"); err != nil {
		t.Fatal(err)
	}
	for _, i := range []int{3, 4, 333, 699} {
		execute(t, address, "INSERT INTO bad VALUES ('"+rows[i].ID.String()+"')")
	}
	execute(t, address, `CREATE FUNCTION fine(i text) RETURNS bool LANGUAGE sql AS $$ SELECT NOT EXISTS (SELECT FROM bad WHERE id = i) $$;
		ALTER TABLE prices ADD CONSTRAINT bad CHECK (fine(id))`)
	results := make(chan error, 4)
	for range cap(results) {
		prices := open(t, address)
		go func() {
			_, err := prices.Insert(t.Context(), store.NewBatch(rows))
			results <- err
		}()
	}
	for range cap(results) {
		refused, some := errors.AsType[*store.RefusedError](<-results)
		if !some || len(refused.Rows) != 4 || refused.Rest != nil {
			t.Errorf("refused: %v", refused)
		}
	}
	var count int
	if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM prices").Scan(&count); err != nil || count != 696 {
		t.Errorf("%d rows stored, %v", count, err)
	}
	if log := server.Log(); log != "" && !strings.Contains(log, "violates check") || strings.Contains(log, "duplicate key") {
		t.Errorf("the server's log:\n%s", log)
	}
}
