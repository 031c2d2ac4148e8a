package migrations_test

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/gossip-price/gossip-price/migrations"
	"github.com/gossip-price/gossip-price/migrations/grants"
)

// roleTooMuch takes away what the role has got since: of both tables, of columns, of the schema, with its heirs.
func roleTooMuch(t *testing.T, owner, node string) {
	migrate(t, owner, node)
	for _, more := range []string{
		"GRANT ALL ON prices TO %s",
		"GRANT UPDATE (price) ON prices TO %s",
		"GRANT INSERT (created_time) ON prices TO %s",
		"GRANT INSERT, TRIGGER ON price_store TO %s",
		"GRANT SELECT ON prices TO %s WITH GRANT OPTION",
		"GRANT CREATE ON SCHEMA public TO %s",
		"GRANT CREATE ON DATABASE %d TO %s WITH GRANT OPTION",
	} {
		do(t, owner, strings.NewReplacer("%s", user(t, node), "%d", ask(t, owner, "SELECT current_database()")).Replace(more))
		statements := migrate(t, owner, node)
		if len(statements) == 0 || !strings.HasPrefix(statements[0], "REVOKE ") {
			t.Errorf("after %s ran %q", more, statements)
		}
		if again := migrate(t, owner, node); len(again) > 0 {
			t.Errorf("after %s then ran %q", more, again)
		}
	}
	do(t, owner, strings.ReplaceAll("REVOKE ALL ON prices, price_store FROM %s; REVOKE USAGE ON SCHEMA public FROM PUBLIC", "%s", user(t, node)))
	if statements := migrate(t, owner, node); len(statements) != 3 {
		t.Errorf("without any rights ran %q", statements)
	}
	upToDate(t, owner, node)
	insert(t, node)
}

func rolePassword(t *testing.T, owner, node string) {
	migrate(t, owner, node)
	u, err := url.Parse(node)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(u.User.Username(), `an'other "one" \ $$ (hidden) %41`)
	if statements := migrate(t, owner, u.String()); !slices.Equal(statements, []string{"ALTER ROLE " + user(t, node) + " PASSWORD '(hidden)'"}) {
		t.Errorf("ran %q", statements)
	}
	upToDate(t, owner, u.String())
	insert(t, u.String())
}

// roleMadeBefore is the way where the owner may not make roles: an administrator does.
func roleMadeBefore(t *testing.T, owner, node string) {
	u, err := url.Parse(node)
	if err != nil {
		t.Fatal(err)
	}
	password, _ := u.User.Password()
	do(t, owner, "CREATE ROLE "+user(t, node)+" LOGIN PASSWORD '"+password+"'")
	if statements := migrate(t, owner, node); slices.ContainsFunc(statements, func(s string) bool { return strings.Contains(s, "ROLE") }) {
		t.Errorf("ran %q", statements)
	}
	upToDate(t, owner, node)
}

// ordinaryOwner makes a user who is no superuser the owner of the database, as on hosted servers, and returns its URL.
func ordinaryOwner(t *testing.T, admin, node string) string {
	t.Helper()
	owner := renamed(t, node, func(name string) string { return name + "_owner" })
	do(t, admin, "CREATE ROLE "+user(t, owner)+" LOGIN; GRANT "+user(t, owner)+" TO CURRENT_USER")
	do(t, admin, "ALTER DATABASE "+ask(t, admin, "SELECT current_database()")+" OWNER TO "+user(t, owner))
	u, err := url.Parse(owner)
	if err != nil {
		t.Fatal(err)
	}
	password, _ := u.User.Password()
	do(t, admin, "ALTER ROLE "+user(t, owner)+" PASSWORD '"+password+"'")
	return owner
}

// roleByOrdinaryOwner has an owner who needs CREATEROLE.
func roleByOrdinaryOwner(t *testing.T, admin, node string) {
	owner := ordinaryOwner(t, admin, node)
	if _, err := migrations.Apply(t.Context(), owner, node); err == nil || !strings.Contains(err.Error(), "permission denied to create role") {
		t.Errorf("without CREATEROLE: %v", err)
	}
	do(t, admin, "ALTER ROLE "+user(t, owner)+" CREATEROLE")
	migrate(t, owner, node)
	upToDate(t, owner, node)
	insert(t, node)
	do(t, owner, "GRANT UPDATE ON prices TO "+user(t, node))
	migrate(t, owner, node)
	upToDate(t, owner, node)
}

// roleOfOthers has no right here and another password: to set a new one would lock others out.
func roleOfOthers(t *testing.T, owner, node string) {
	do(t, owner, "CREATE ROLE "+user(t, node)+" LOGIN PASSWORD 'theirs'")
	const verifier = "SELECT rolpassword FROM pg_authid WHERE quote_ident(rolname) = "
	before := ask(t, owner, verifier+"'"+strings.Trim(user(t, node), `"`)+"'")
	_, err := migrations.Apply(t.Context(), owner, node)
	if !errors.Is(err, grants.ErrUnfit) || !strings.Contains(err.Error(), "its password is left alone") {
		t.Errorf("Apply = %v", err)
	}
	if after := ask(t, owner, verifier+"'"+strings.Trim(user(t, node), `"`)+"'"); after != before {
		t.Error("the password has changed")
	}
}

// roleOfOldDatabase comes to a database whose tables are there, with rows.
func roleOfOldDatabase(t *testing.T, owner, node string) {
	apply(t, owner)
	insert(t, owner)
	migrate(t, owner, node)
	upToDate(t, owner, node)
	if n := ask(t, node, "SELECT count(*) FROM prices"); n != "1" {
		t.Errorf("the role sees %s rows", n)
	}
}

// twoRoles has two organisations use one database: each has a role of its own, and none is in the other's way.
func twoRoles(t *testing.T, owner, node string) {
	other := renamed(t, node, func(name string) string { return name + "_b" })
	migrate(t, owner, node)
	migrate(t, owner, other)
	upToDate(t, owner, node)
	upToDate(t, owner, other)
	insert(t, node)
	if n := ask(t, other, "SELECT count(*) FROM prices"); n != "1" {
		t.Errorf("the second role sees %s rows", n)
	}
}

// roleAllOrNothing: a role that can't be made fit leaves the schema as it is too.
func roleAllOrNothing(t *testing.T, owner, node string) {
	do(t, owner, "ALTER DEFAULT PRIVILEGES GRANT DELETE ON TABLES TO PUBLIC")
	if _, err := migrations.Apply(t.Context(), owner, node); !errors.Is(err, grants.ErrUnfit) || !strings.Contains(err.Error(), "DELETE on prices by PUBLIC") {
		t.Fatalf("Apply = %v", err)
	}
	if n := ask(t, owner, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"); n != "0" {
		t.Errorf("%s tables were made", n)
	}
}

// rolePlanned: what stands against the role is told by the plan too.
func rolePlanned(t *testing.T, owner, node string) {
	migrate(t, owner, node)
	do(t, owner, "GRANT UPDATE ON prices TO PUBLIC")
	if plan, err := migrations.Plan(t.Context(), owner, node); !errors.Is(err, grants.ErrUnfit) || len(plan) > 0 {
		t.Errorf("Plan = %q, %v", plan, err)
	}
	apply(t, owner) // without the nodes' URL it is nobody's business
}
