package migrations_test

import (
	"errors"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/gossip-price/gossip-price/migrations"
	"github.com/gossip-price/gossip-price/migrations/grants"
)

// unfitRoles are ways to give a role too much, with what the error must tell. %s is the role, %q another one, %d the database.
func unfitRoles() map[string][2]string {
	return map[string][2]string{
		"superuser":         {"ALTER ROLE %s SUPERUSER", "superuser"},
		"CREATEROLE":        {"ALTER ROLE %s CREATEROLE", "CREATEROLE"},
		"replication":       {"ALTER ROLE %s REPLICATION", "REPLICATION"},
		"becomes superuser": {"CREATE ROLE %q SUPERUSER; ALTER ROLE %s NOINHERIT; GRANT %q TO %s", "superuser by role "},
		"becomes owner":     {"CREATE ROLE %q; ALTER TABLE prices OWNER TO %q; GRANT %q TO %s", "owner of the tables by role "},
		"owns a table":      {"ALTER TABLE price_store OWNER TO %s", "owner of the tables"},
		"owns the schema":   {"ALTER SCHEMA public OWNER TO %s", "owner of the schema"},
		"writes all data":   {"GRANT pg_write_all_data TO %s", "DELETE on prices by role pg_write_all_data"},
		"runs programs":     {"GRANT pg_execute_server_program TO %s", "membership of pg_execute_server_program"},
		"reads all data":    {"GRANT pg_read_all_data TO %s", "membership of pg_read_all_data"},
		"ends sessions":     {"CREATE ROLE %q; GRANT pg_signal_backend TO %q; GRANT %q TO %s", "membership of pg_signal_backend"},
		"everybody creates": {"GRANT CREATE ON DATABASE %d TO PUBLIC", "CREATE on the database by PUBLIC"},
		"member creates":    {"CREATE ROLE %q; GRANT CREATE ON DATABASE %d TO %q; GRANT %q TO %s", "CREATE on the database by role "},
		"creator by another": {
			"CREATE ROLE %q; GRANT CREATE ON DATABASE %d TO %q WITH GRANT OPTION; SET ROLE %q; GRANT CREATE ON DATABASE %d TO %s; RESET ROLE",
			"has CREATE on the database;",
		},
		"everybody": {"GRANT UPDATE (price) ON prices TO PUBLIC", "UPDATE on prices by PUBLIC"},
		"member":    {"CREATE ROLE %q; GRANT TRUNCATE ON prices TO %q; GRANT %q TO %s", "TRUNCATE on prices by role "},
		"no login":  {"ALTER ROLE %s NOLOGIN", "not allowed to log in"},
		"given by another": {
			"CREATE ROLE %q; GRANT DELETE ON prices TO %q WITH GRANT OPTION; SET ROLE %q; GRANT DELETE ON prices TO %s; RESET ROLE",
			"DELETE on prices",
		},
	}
}

// rolesRefused tries each with a role of its own, and mends the database behind it.
func rolesRefused(t *testing.T, owner, node string) {
	database := ask(t, owner, "SELECT current_database()")
	mend := `ALTER TABLE prices OWNER TO CURRENT_USER; ALTER TABLE price_store OWNER TO CURRENT_USER;
		ALTER SCHEMA public OWNER TO CURRENT_USER; REVOKE ALL ON prices FROM PUBLIC; REVOKE CREATE ON DATABASE ` + database + ` FROM PUBLIC`
	number := 0
	for name, c := range unfitRoles() {
		number++
		address := renamed(t, node, func(name string) string { return name + strconv.Itoa(number) })
		migrate(t, owner, address)
		role := user(t, address)
		second := strings.TrimSuffix(role, `"`) + `_b"`
		do(t, owner, strings.NewReplacer("%s", role, "%q", second, "%d", database).Replace(c[0]))
		statements, err := migrations.Apply(t.Context(), owner, address)
		if !errors.Is(err, grants.ErrUnfit) || !strings.Contains(err.Error(), c[1]) || len(statements) > 0 {
			t.Errorf("%s: Apply = %q, %v; want %s", name, statements, err, c[1])
		}
		do(t, owner, mend)
	}
}

// roleNames has names that would break out of a statement or of its quotes.
func roleNames(t *testing.T, owner, node string) {
	for i, prefix := range []string{
		`"; DROP TABLE prices; --`, `'; DROP TABLE prices; --`, `Upper %s $1 \`, "ünïcödé 😀\n", strings.Repeat("n", 46),
	} {
		address := renamed(t, node, func(name string) string { return prefix + name })
		migrate(t, owner, address)
		if again := migrate(t, owner, address); len(again) > 0 {
			t.Errorf("%s: then ran %q", prefix, again)
		}
		if rows := ask(t, address, "SELECT count(*) FROM prices"); rows != strconv.Itoa(i) {
			t.Errorf("%s: sees %s rows, want %d", prefix, rows, i)
		}
		do(t, address, `INSERT INTO prices (id, network, pair, price, first_signer, sign_data, round_time, observed_time,
			lastsigned_time) VALUES (current_user, 'n', 'A-B', 1, 's', '[]', now(), now(), now())`)
		do(t, owner, "GRANT ALL ON prices TO "+user(t, address))
		migrate(t, owner, address)
		if _, err := try(t, address, "DELETE FROM prices"); err == nil {
			t.Errorf("%s: the role deletes", prefix)
		}
	}
}

// renamed returns the URL with another user.
func renamed(t *testing.T, address string, rename func(name string) string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	password, _ := u.User.Password()
	u.User = url.UserPassword(rename(u.User.Username()), password)
	return u.String()
}
