package grants

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// table is what a node needs of one table.
type table struct {
	name    string
	inserts []string // the columns that it fills
}

// tables lists all that a node does: it adds rows and reads them, and it reads the store's id. It can't fill created_time,
// by which readers follow the table: a row from the future would hide all that come after it.
func tables() []table {
	return []table{
		{"prices", []string{
			"id", "network", "pair", "price", "first_signer", "sign_data", "round_time", "observed_time", "lastsigned_time",
		}},
		{"price_store", nil},
	}
}

// wanted returns the rights on a table in the form that heldQuery has them, in order.
func (t table) wanted() []string {
	list := []string{t.name + " SELECT"}
	for _, column := range t.inserts {
		list = append(list, t.name+" INSERT "+column)
	}
	slices.Sort(list)
	return list
}

// grant returns what gives the role the rights on the table.
func (t table) grant(schema, role string) string {
	rights := "SELECT"
	if len(t.inserts) > 0 {
		rights += ", INSERT (" + strings.Join(t.inserts, ", ") + ")"
	}
	return fmt.Sprintf("GRANT %s ON TABLE %s TO %s", rights, pgx.Identifier{schema, t.name}.Sanitize(), role)
}

// heldQuery lists the role's own rights on the tables: TABLE PRIVILEGE [COLUMN][*], with a star where it may pass them on.
const heldQuery = `SELECT DISTINCT concat_ws(' ', relname, privilege_type, attname) || CASE WHEN is_grantable THEN '*' ELSE '' END
FROM (
	SELECT c.relname, NULL AS attname, c.relnamespace, x.* FROM pg_class c, aclexplode(c.relacl) x
	UNION ALL
	SELECT c.relname, a.attname, c.relnamespace, x.*
	FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid, aclexplode(a.attacl) x
) rights
WHERE relname IN ('prices', 'price_store')
	AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
	AND grantee = (SELECT oid FROM pg_roles WHERE rolname = $1)`

// placeQuery tells of schema and database: their names, what is missing, and what is too much. For a role that is not
// there yet it tells what everybody may do.
const placeQuery = `SELECT current_schema(), current_database(),
	NOT has_schema_privilege(role.oid, current_schema(), 'USAGE'),
	NOT has_database_privilege(role.oid, current_database(), 'CONNECT'),
	EXISTS (SELECT FROM pg_namespace n, aclexplode(n.nspacl) x
		WHERE n.nspname = current_schema() AND x.grantee = role.oid AND x.grantee <> 0 AND x.privilege_type = 'CREATE'),
	EXISTS (SELECT FROM pg_database d, aclexplode(d.datacl) x
		WHERE d.datname = current_database() AND x.grantee = role.oid AND x.grantee <> 0 AND x.privilege_type = 'CREATE')
FROM (SELECT coalesce((SELECT oid FROM pg_roles WHERE rolname = $1), 0) AS oid) role`

// rights returns the statements that lead from the rights that the role has to those that a node needs.
func (r Role) rights(ctx context.Context, tx *sql.Tx) ([]string, error) {
	held, err := list(ctx, tx, heldQuery, r.login.User)
	if err != nil {
		return nil, fmt.Errorf("read rights: %w", err)
	}
	var schema, database string
	var noUsage, noConnect, createsTables, createsSchemas bool
	err = tx.QueryRowContext(ctx, placeQuery, r.login.User).
		Scan(&schema, &database, &noUsage, &noConnect, &createsTables, &createsSchemas)
	if err != nil {
		return nil, fmt.Errorf("read rights: %w", err)
	}
	role := r.quoted()
	var statements []string
	add := func(needed bool, statement string, names ...string) {
		if needed {
			statements = append(statements, fmt.Sprintf(statement, pgx.Identifier(names).Sanitize(), role))
		}
	}
	add(noConnect, "GRANT CONNECT ON DATABASE %s TO %s", database)
	add(createsSchemas, "REVOKE CREATE ON DATABASE %s FROM %s CASCADE", database)
	add(createsTables, "REVOKE CREATE ON SCHEMA %s FROM %s CASCADE", schema)
	add(noUsage, "GRANT USAGE ON SCHEMA %s TO %s", schema)
	for _, t := range tables() {
		want := t.wanted()
		have := slices.DeleteFunc(slices.Clone(held), func(s string) bool { return !strings.HasPrefix(s, t.name+" ") })
		slices.Sort(have)
		if slices.Equal(have, want) {
			continue
		}
		tooMuch := slices.ContainsFunc(have, func(s string) bool { return !slices.Contains(want, s) })
		add(tooMuch, "REVOKE ALL ON TABLE %s FROM %s CASCADE", schema, t.name)
		statements = append(statements, t.grant(schema, role))
	}
	return statements, nil
}

func (r Role) quoted() string { return pgx.Identifier{r.login.User}.Sanitize() }
