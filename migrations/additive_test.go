package migrations_test

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/gossip-price/gossip-price/migrations"
)

func usersThings(t *testing.T, address string) {
	apply(t, address)
	const probe = `SELECT (SELECT count(*) FROM pg_indexes WHERE indexname IN ('mine', 'mine_too'))
		+ (SELECT count(*) FROM pg_constraint WHERE conname IN ('my_check', 'my_key'))
		+ (SELECT count(*) FROM information_schema.columns
			WHERE table_name = 'prices' AND column_name IN ('note', 'mark', 'number', 'serial', 'doubled'))
		+ (SELECT count(*) FROM pg_tables WHERE tablename = 'others')
		+ (SELECT count(*) FROM pg_views WHERE viewname = 'latest')
		+ (SELECT count(*) FROM pg_trigger WHERE tgname = 'watch')
		+ (SELECT count(*) FROM pg_description WHERE description LIKE 'mine: %') AS things`
	do(t, address, `
		CREATE TABLE others (id text PRIMARY KEY, price double precision);
		CREATE INDEX mine_too ON others (price);
		CREATE INDEX mine ON prices (first_signer);
		ALTER TABLE prices ADD COLUMN note text, ADD COLUMN mark text NOT NULL DEFAULT 'x',
			ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY, ADD COLUMN serial bigserial,
			ADD COLUMN doubled numeric NOT NULL GENERATED ALWAYS AS (price * 2) STORED;
		ALTER TABLE prices ADD CONSTRAINT my_check CHECK (pair <> 'X-Y'),
			ADD CONSTRAINT my_key FOREIGN KEY (note) REFERENCES others (id);
		CREATE VIEW latest AS SELECT * FROM prices;
		CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
		CREATE TRIGGER watch AFTER INSERT ON prices EXECUTE FUNCTION nothing();
		COMMENT ON TABLE prices IS 'mine: a table';
		COMMENT ON COLUMN prices.id IS 'mine: a column';
		COMMENT ON INDEX prices_created_time_id IS 'mine: an index'`)
	before := ask(t, address, probe)
	if before != "15" {
		t.Fatalf("%s things of the user's to begin with", before)
	}
	if statements := apply(t, address); len(statements) > 0 {
		t.Errorf("ran %q", statements)
	}
	if after := ask(t, address, probe); after != before {
		t.Errorf("of %s things of the user's %s survived", before, after)
	}
	insert(t, address)
}

// refusals are changes of the database whose undoing would not be additive, and the SQL that the error must show.
func refusals() map[string][2]string {
	return map[string][2]string{
		"type of price": {
			"ALTER TABLE prices ALTER COLUMN price TYPE double precision",
			`ALTER COLUMN "price" TYPE numeric(38,18)`,
		},
		"type of round": {
			"ALTER TABLE prices ALTER COLUMN round_time TYPE timestamp",
			`ALTER COLUMN "round_time" TYPE timestamptz`,
		},
		"precision of time": {
			"ALTER TABLE prices ALTER COLUMN observed_time TYPE timestamptz",
			`ALTER COLUMN "observed_time" TYPE timestamptz(3)`,
		},
		"null":    {"ALTER TABLE prices ALTER COLUMN pair DROP NOT NULL", `ALTER COLUMN "pair" SET NOT NULL`},
		"default": {"ALTER TABLE prices ALTER COLUMN created_time DROP DEFAULT", `SET DEFAULT now()`},
		// One that the schema has dropped, and without which no row can be inserted.
		"dropped column": {
			`ALTER TABLE prices ADD COLUMN old text NOT NULL DEFAULT '';
				ALTER TABLE prices ALTER COLUMN old DROP DEFAULT`,
			`DROP COLUMN "old"`,
		},
		"primary key": {"ALTER TABLE prices DROP CONSTRAINT prices_pkey", `ADD PRIMARY KEY ("id")`},
		"check": {
			`ALTER TABLE prices DROP CONSTRAINT prices_price_positive,
				ADD CONSTRAINT prices_price_positive CHECK (price > 0.5)`,
			`DROP CONSTRAINT "prices_price_positive"`,
		},
		"index": {
			"DROP INDEX prices_created_time_id; CREATE INDEX prices_created_time_id ON prices (created_time)",
			`DROP INDEX "public"."prices_created_time_id"`,
		},
		// An addition beside it is not made either.
		"mixed": {
			"DROP INDEX prices_created_time_id; ALTER TABLE price_store ALTER COLUMN id TYPE varchar",
			`ALTER TABLE "public"."price_store" ALTER COLUMN "id" TYPE text`,
		},
	}
}

func refused(t *testing.T, address, change, shown string) {
	apply(t, address)
	insert(t, address)
	do(t, address, change)
	const everything = `SELECT (SELECT string_agg(table_name || column_name || data_type || is_nullable, ',' ORDER BY
			table_name, column_name) FROM information_schema.columns WHERE table_schema = 'public')
		|| (SELECT string_agg(indexdef, ',' ORDER BY indexdef) FROM pg_indexes WHERE schemaname = 'public')
		|| (SELECT string_agg(pg_get_constraintdef(oid), ',' ORDER BY oid) FROM pg_constraint)`
	before := ask(t, address, everything)
	for name, migrate := range map[string]func() ([]string, error){
		"plan":  func() ([]string, error) { return migrations.Plan(t.Context(), address, "") },
		"apply": func() ([]string, error) { return migrations.Apply(t.Context(), address, "") },
	} {
		statements, err := migrate()
		if !errors.Is(err, migrations.ErrDestructive) || !strings.Contains(err.Error(), shown) || len(statements) > 0 {
			t.Errorf("%s: %q, %v; want ErrDestructive with %s", name, statements, err, shown)
		}
	}
	if after := ask(t, address, everything); after != before {
		t.Errorf("changed from\n%s\nto\n%s", before, after)
	}
}

// missingParts takes additive steps from an older schema, with rows in it.
func missingParts(t *testing.T, address string) {
	apply(t, address)
	insert(t, address)
	do(t, address, `DROP INDEX prices_created_time_id;
		ALTER TABLE prices DROP CONSTRAINT prices_sign_data_array, DROP COLUMN created_time;
		DROP TABLE price_store`)
	statements := apply(t, address)
	if len(statements) == 0 || slices.ContainsFunc(statements, func(s string) bool { return strings.Contains(s, "DROP") }) {
		t.Errorf("ran %q", statements)
	}
	if again := apply(t, address); len(again) > 0 {
		t.Errorf("then ran %q", again)
	}
	if n := ask(t, address, "SELECT count(*) FROM prices WHERE created_time IS NOT NULL"); n != "1" {
		t.Errorf("%s rows are left", n)
	}
	storeID(t, address)
}

// allOrNothing has an addition that the server can't make: the ones before it are taken back.
func allOrNothing(t *testing.T, address string) {
	apply(t, address)
	insert(t, address)
	do(t, address, "DROP TABLE price_store; ALTER TABLE prices DROP COLUMN network")
	if statements, err := migrations.Apply(t.Context(), address, ""); err == nil || len(statements) > 0 {
		t.Fatalf("a column without a value for the row that is there: ran %q", statements)
	}
	if n := ask(t, address, "SELECT count(*) FROM pg_tables WHERE tablename = 'price_store'"); n != "0" {
		t.Error("half of the migration stayed")
	}
}

func ownSchema(t *testing.T, address string) {
	do(t, address, "CREATE SCHEMA apart")
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set("search_path", "apart")
	u.RawQuery = query.Encode()
	apply(t, u.String())
	if again := apply(t, u.String()); len(again) > 0 {
		t.Errorf("then ran %q", again)
	}
	where := ask(t, address, "SELECT string_agg(schemaname || '.' || tablename, ' ' ORDER BY tablename) FROM pg_tables "+
		"WHERE schemaname IN ('public', 'apart')")
	if where != "apart.price_store apart.prices" {
		t.Errorf("tables: %s", where)
	}
}

func noSchema(t *testing.T, address string) {
	do(t, address, "DROP SCHEMA public")
	if _, err := migrations.Plan(t.Context(), address, ""); err == nil || !strings.Contains(err.Error(), "search_path") {
		t.Errorf("Plan without a schema = %v", err)
	}
}

// rules checks that the tables refuse what no node can store.
func rules(t *testing.T, address string) {
	apply(t, address)
	insert(t, address)
	for _, statement := range []string{
		"UPDATE prices SET price = 0",
		"UPDATE prices SET price = 'NaN'",
		"UPDATE prices SET price = 100000000000000000000",
		`UPDATE prices SET sign_data = '{}'`,
		"INSERT INTO price_store (id) VALUES ('second')",
		"INSERT INTO price_store (single, id) VALUES (false, 'second')",
	} {
		if _, err := try(t, address, statement); err == nil {
			t.Errorf("%s: not refused", statement)
		}
	}
}

// insert stores a row as small as the rules allow.
func insert(t *testing.T, address string) {
	t.Helper()
	do(t, address, `INSERT INTO prices (id, network, pair, price, first_signer, sign_data, round_time, observed_time,
		lastsigned_time) VALUES ('1', 'n', 'A-B', 1, 's', '[]', now(), now(), now())`)
}
