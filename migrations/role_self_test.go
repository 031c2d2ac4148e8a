package migrations_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/gossip-price/gossip-price/migrations"
)

// works tries what a node does: it logs in, adds a row of a fresh id, and reads it.
func works(t *testing.T, node string) error {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), node)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(t.Context()) }()
	var id string
	return conn.QueryRow(t.Context(), `INSERT INTO prices (id, network, pair, price, first_signer, sign_data, round_time, observed_time,
		lastsigned_time) VALUES (gen_random_uuid(), 'n', 'A-B', 1, 's', '[]', now(), now(), now()) RETURNING id`).Scan(&id)
}

// roleLocksOut has a broken-in node lock out all others that log in by its role; the next migration mends it. Each case is
// what the role runs, and the statements of the migration, where %s is the role, %g a harmless one that it is a member of,
// and %d the database.
func roleLocksOut(t *testing.T, owner, node string) {
	migrate(t, owner, node)
	group := user(t, renamed(t, node, func(name string) string { return name + "_group" }))
	place := strings.NewReplacer("%s", user(t, node), "%g", group, "%d", ask(t, owner, "SELECT current_database()"))
	do(t, owner, place.Replace("CREATE ROLE %g; GRANT %g TO %s"))
	for attack, want := range map[string][]string{
		"ALTER ROLE %s PASSWORD 'stolen'":                               {"ALTER ROLE %s PASSWORD '(hidden)'"},
		"ALTER ROLE %s SET default_transaction_read_only = on":          {"ALTER ROLE %s RESET default_transaction_read_only"},
		"ALTER ROLE %s SET role = %g":                                   {"ALTER ROLE %s RESET role"},
		"ALTER ROLE %s SET search_path = nowhere":                       {"ALTER ROLE %s RESET search_path"},
		"ALTER ROLE %s IN DATABASE %d SET search_path = nowhere, apart": {"ALTER ROLE %s IN DATABASE %d RESET search_path"},
		"ALTER ROLE %s SET statement_timeout = 1; ALTER ROLE %s SET search_path = ''; ALTER ROLE %s IN DATABASE %d SET search_path = ''": {
			"ALTER ROLE %s IN DATABASE %d RESET search_path", "ALTER ROLE %s RESET search_path", "ALTER ROLE %s RESET statement_timeout",
		},
		"ALTER ROLE %s SET local_preload_libraries = nothing": { // no login, for whatever reason, is mended by the password too
			"ALTER ROLE %s PASSWORD '(hidden)'", "ALTER ROLE %s RESET local_preload_libraries",
		},
	} {
		do(t, node, place.Replace(attack))
		if err := works(t, node); err == nil {
			t.Errorf("%s: locks nobody out", attack)
		}
		plan, err := migrations.Plan(t.Context(), owner, node)
		if err != nil {
			t.Errorf("%s: %v", attack, err)
		}
		statements := migrate(t, owner, node)
		for i := range want {
			want[i] = place.Replace(want[i])
		}
		if !slices.Equal(statements, plan) || !slices.Equal(statements, want) {
			t.Errorf("after %s planned %q, ran %q, want %q", attack, plan, statements, want)
		}
		upToDate(t, owner, node)
		if err := works(t, node); err != nil {
			t.Errorf("after %s and a migration: %v", attack, err)
		}
	}
}

// roleKeepsRights has the role give up its rights: it can't, so that it is still told from somebody else's role when the
// password is to be mended.
func roleKeepsRights(t *testing.T, owner, node string) {
	migrate(t, owner, node)
	do(t, node, strings.ReplaceAll(`DROP OWNED BY %s; REVOKE INSERT (price) ON prices FROM %s; REVOKE SELECT ON price_store FROM %s`,
		"%s", user(t, node)))
	upToDate(t, owner, node)
	if err := works(t, node); err != nil {
		t.Error(err)
	}
}

// roleSettingsStay has settings that are not the role's to make, or do no harm: the migration leaves them.
func roleSettingsStay(t *testing.T, owner, node string) {
	migrate(t, owner, node)
	place := strings.NewReplacer("%s", user(t, node), "%o", ask(t, owner, "SELECT quote_ident(current_user)"),
		"%d", ask(t, owner, "SELECT current_database()"))
	do(t, owner, place.Replace(`CREATE SCHEMA apart; ALTER SCHEMA apart OWNER TO %o;
		ALTER ROLE %s SET log_statement = 'all';
		ALTER ROLE %s SET "some.thing" = 'x=y';
		ALTER ROLE %s IN DATABASE postgres SET search_path = elsewhere;
		ALTER ROLE %o IN DATABASE %d SET search_path = apart, public;
		ALTER ROLE %s IN DATABASE %d SET search_path = apart, public`))
	migrate(t, owner, node) // makes the tables of the schema apart
	upToDate(t, owner, node)
	if err := works(t, node); err != nil {
		t.Error(err)
	}
	settings := "SELECT count(*) FROM pg_db_role_setting, unnest(setconfig) WHERE setrole = '" + user(t, node) + "'::regrole"
	if n := ask(t, owner, settings); n != "4" {
		t.Errorf("%s of 4 settings are left", n)
	}
}

// roleSettingsOfOrdinaryOwner: who may not alter roles is told so.
func roleSettingsOfOrdinaryOwner(t *testing.T, admin, node string) {
	owner := ordinaryOwner(t, admin, node)
	do(t, admin, "ALTER ROLE "+user(t, owner)+" CREATEROLE")
	migrate(t, owner, node)
	do(t, node, "ALTER ROLE "+user(t, node)+" SET search_path = nowhere")
	do(t, admin, "ALTER ROLE "+user(t, owner)+" NOCREATEROLE")
	_, err := migrations.Apply(t.Context(), owner, node)
	want := fmt.Sprintf("run %q", "ALTER ROLE "+user(t, node)+" RESET search_path")
	if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "CREATEROLE to make or alter a role") {
		t.Errorf("without CREATEROLE: %v, want %s", err, want)
	}
	if works(t, node) == nil {
		t.Error("the setting was taken back")
	}
	do(t, admin, "ALTER ROLE "+user(t, owner)+" CREATEROLE")
	migrate(t, owner, node)
	upToDate(t, owner, node)
	insert(t, node)
}

// roleClosed takes from everybody what a server gives to everybody, as docs/security.md tells: nodes need none of it.
func roleClosed(t *testing.T, owner, node string) {
	migrate(t, owner, node)
	more := []string{
		"CREATE TEMPORARY TABLE mine (id text)", "SELECT lo_create(0)", "SELECT lo_creat(0)", "SELECT lo_from_bytea(0, 'mine')",
	}
	for _, statement := range more {
		do(t, node, statement)
	}
	do(t, owner, "REVOKE TEMPORARY ON DATABASE "+ask(t, owner, "SELECT current_database()")+` FROM PUBLIC;
		REVOKE EXECUTE ON FUNCTION lo_create(oid), lo_creat(integer), lo_from_bytea(oid, bytea) FROM PUBLIC`)
	for _, statement := range more {
		if _, err := try(t, node, statement); err == nil || !strings.Contains(err.Error(), "42501") {
			t.Errorf("%s: %v", statement, err)
		}
	}
	upToDate(t, owner, node)
	if err := works(t, node); err != nil {
		t.Error(err)
	}
}
