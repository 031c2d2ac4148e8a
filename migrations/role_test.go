package migrations_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/gossip-price/gossip-price/consensus/store/postgrestest"
	"github.com/gossip-price/gossip-price/migrations"
)

// TestRole makes the nodes' role by migrations.
func TestRole(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	for name, test := range map[string]func(t *testing.T, owner, node string){
		"made":               roleMade,
		"rights":             roleRights,
		"too much":           roleTooMuch,
		"password":           rolePassword,
		"made by somebody":   roleMadeBefore,
		"ordinary owner":     roleByOrdinaryOwner,
		"somebody else's":    roleOfOthers,
		"of an old database": roleOfOldDatabase,
		"two organisations":  twoRoles,
		"own schema":         roleInOwnSchema,
		"all or nothing":     roleAllOrNothing,
		"planned":            rolePlanned,
		"closed database":    roleInClosedDatabase,
		"hostile names":      roleNames,
		"refused":            rolesRefused,
		"locks out":          roleLocksOut,
		"keeps rights":       roleKeepsRights,
		"closed":             roleClosed,
		"settings stay":      roleSettingsStay,
		"settings refused":   roleSettingsOfOrdinaryOwner,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			owner, node := server.NodeDatabase(t)
			test(t, owner, node)
		})
	}
}

// migrate applies with the nodes' URL.
func migrate(t *testing.T, owner, node string) []string {
	t.Helper()
	statements, err := migrations.Apply(t.Context(), owner, node)
	if err != nil {
		t.Fatal(err)
	}
	return statements
}

// user returns the role's name, in quotes.
func user(t *testing.T, node string) string {
	t.Helper()
	u, err := url.Parse(node)
	if err != nil {
		t.Fatal(err)
	}
	return `"` + strings.ReplaceAll(u.User.Username(), `"`, `""`) + `"`
}

func roleMade(t *testing.T, owner, node string) {
	plan, err := migrations.Plan(t.Context(), owner, node)
	if err != nil {
		t.Fatal(err)
	}
	if n := ask(t, owner, "SELECT count(*) FROM pg_roles WHERE quote_ident(rolname) = "+"'"+strings.Trim(user(t, node), `"`)+"'"); n != "0" {
		t.Error("the plan made the role")
	}
	statements := migrate(t, owner, node)
	if !slices.Equal(statements, plan) {
		t.Errorf("planned %q, ran %q", plan, statements)
	}
	name := user(t, node)
	want := []string{
		"CREATE ROLE " + name + " LOGIN PASSWORD '(hidden)'",
		`GRANT SELECT, INSERT (id, network, pair, price, first_signer, sign_data, round_time, observed_time, lastsigned_time) ` +
			`ON TABLE "public"."prices" TO ` + name,
		`GRANT SELECT ON TABLE "public"."price_store" TO ` + name,
	}
	if own := statements[len(statements)-3:]; !slices.Equal(own, want) {
		t.Errorf("ran %q, want %q", own, want)
	}
	upToDate(t, owner, node)
	insert(t, node)
	storeID(t, node)
}

// upToDate checks that neither plan nor migration finds anything to do.
func upToDate(t *testing.T, owner, node string) {
	t.Helper()
	if again := migrate(t, owner, node); len(again) > 0 {
		t.Errorf("then ran %q", again)
	}
	if plan, err := migrations.Plan(t.Context(), owner, node); err != nil || len(plan) > 0 {
		t.Errorf("then planned %q, %v", plan, err)
	}
}

// roleRights tries what a node must not be able to do.
func roleRights(t *testing.T, owner, node string) {
	migrate(t, owner, node)
	insert(t, owner)
	for _, statement := range []string{
		"UPDATE prices SET price = 2",
		"UPDATE prices SET created_time = now()",
		"DELETE FROM prices",
		"TRUNCATE prices",
		"DROP TABLE prices",
		"ALTER TABLE prices ADD COLUMN more text",
		"BEGIN; LOCK TABLE prices IN ACCESS EXCLUSIVE MODE",
		"CREATE INDEX ON prices (price)",
		"CREATE TRIGGER t AFTER INSERT ON prices EXECUTE FUNCTION suppress_redundant_updates_trigger()",
		"INSERT INTO prices (id, created_time) VALUES ('2', '2999-01-01')",
		`INSERT INTO prices (id, network, pair, price, first_signer, sign_data, round_time, observed_time, lastsigned_time)
			SELECT id, network, pair, 2, first_signer, sign_data, round_time, observed_time, lastsigned_time FROM prices
			ON CONFLICT (id) DO UPDATE SET price = 2`,
		"SELECT id FROM prices FOR UPDATE",
		"UPDATE price_store SET id = 'x'",
		"DELETE FROM price_store",
		"INSERT INTO price_store (id) VALUES ('x')",
		"CREATE TABLE mine (id text)",
		"CREATE SCHEMA mine",
		"CREATE ROLE more",
		"CREATE DATABASE more",
		"SET ROLE postgres",
		"COPY prices TO PROGRAM 'cat'",
		"COPY prices TO '/tmp/prices'",
		"COPY prices FROM '/etc/passwd'",
		"SELECT * FROM pg_authid",
		"SELECT * FROM pg_shadow",
		"SELECT pg_read_file('/etc/passwd')",
		"ALTER SYSTEM SET log_statement = 'all'",
	} {
		_, err := try(t, node, statement)
		if err == nil {
			t.Errorf("%s: not refused", statement)
		} else if !strings.Contains(err.Error(), "42501") && !strings.Contains(err.Error(), "must be ") {
			t.Errorf("%s: refused for another reason: %v", statement, err)
		}
	}
	if price := ask(t, owner, "SELECT price::int FROM prices"); price != "1" {
		t.Errorf("the price became %s", price)
	}
	insert2 := "INSERT INTO prices SELECT id || 'x', network, pair, price, first_signer, sign_data, round_time, observed_time, lastsigned_time FROM prices"
	if _, err := try(t, node, insert2); err != nil {
		t.Errorf("an INSERT without a list of columns: %v", err)
	}
}

func roleInOwnSchema(t *testing.T, owner, node string) {
	do(t, owner, `CREATE SCHEMA "A part"`)
	var both []string
	for _, address := range []string{owner, node} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		query := u.Query()
		query.Set("search_path", `"A part"`)
		u.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20") // a plus sign is one to Postgres
		both = append(both, u.String())
	}
	if statements := migrate(t, both[0], both[1]); !slices.Contains(statements, `GRANT USAGE ON SCHEMA "A part" TO `+user(t, node)) {
		t.Errorf("ran %q", statements)
	}
	upToDate(t, both[0], both[1])
	insert(t, both[1])
}

// roleInClosedDatabase has a database that not everybody may enter.
func roleInClosedDatabase(t *testing.T, owner, node string) {
	database := ask(t, owner, "SELECT current_database()")
	do(t, owner, "REVOKE CONNECT ON DATABASE "+database+" FROM PUBLIC")
	if statements := migrate(t, owner, node); !slices.Contains(statements, `GRANT CONNECT ON DATABASE "`+database+`" TO `+user(t, node)) {
		t.Errorf("ran %q", statements)
	}
	upToDate(t, owner, node)
	insert(t, node)
}
