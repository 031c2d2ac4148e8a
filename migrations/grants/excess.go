package grants

import (
	"context"
	"fmt"
)

// Excess lists what the connection's user may do beyond what a node needs, a short text each, in order; none for a fit
// role. A right that comes from elsewhere has its origin behind it: "DELETE on prices by role x", or "by PUBLIC". Any user
// may ask. The tables are those of the current schema. What every role may do on a server as it comes (temporary
// tables, large objects) is not listed. Errors are those of the server.
func Excess(ctx context.Context, db querier) ([]string, error) {
	user, err := list(ctx, db, "SELECT current_user::text")
	if err != nil {
		return nil, fmt.Errorf("read database user: %w", err)
	}
	return excess(ctx, db, user[0], true)
}

// excess is Excess of a role. With own false it leaves out the rights granted to the role itself, which can be revoked.
func excess(ctx context.Context, db querier, role string, own bool) ([]string, error) {
	texts, err := list(ctx, db, excessQuery, role, own)
	if err != nil {
		return nil, fmt.Errorf("read what the database user may do: %w", err)
	}
	return texts, nil
}

// excessQuery has the role as $1 and own as $2. The names of predefined roles all begin with pg_, and no others do.
const excessQuery = `WITH node AS (
	SELECT oid, rolsuper FROM pg_roles WHERE rolname = $1
), who AS (
	SELECT r.*, CASE WHEN r.oid = node.oid THEN '' ELSE ' by role ' || r.rolname END AS origin
	FROM pg_roles r, node
	WHERE r.oid = node.oid OR NOT node.rolsuper AND pg_has_role(node.oid, r.oid, 'MEMBER')
), tables AS (
	SELECT c.oid, c.relname, c.relowner FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE n.nspname = current_schema() AND c.relname IN ('prices', 'price_store')
), holders AS (
	SELECT oid, origin FROM who WHERE $2 OR origin <> '' UNION ALL SELECT 0, ' by PUBLIC'
), excess AS (
	SELECT what, origin FROM who, LATERAL (VALUES
		('superuser', rolsuper),
		('CREATEROLE', rolcreaterole),
		('CREATEDB', rolcreatedb),
		('REPLICATION', rolreplication),
		('BYPASSRLS', rolbypassrls),
		('owner of the database', oid IN (SELECT datdba FROM pg_database WHERE datname = current_database())),
		('owner of the schema', oid IN (SELECT nspowner FROM pg_namespace WHERE nspname = current_schema())),
		('owner of the tables', oid IN (SELECT relowner FROM tables))
	) attributes (what, has) WHERE has
	UNION ALL
	SELECT 'membership of ' || rolname, '' FROM who WHERE rolname LIKE 'pg\_%'
	UNION ALL
	SELECT 'CREATE on the database', origin FROM holders WHERE has_database_privilege(oid, current_database(), 'CREATE')
	UNION ALL
	SELECT privilege || ' on ' || relname, origin
	FROM holders, tables, unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) privilege
	WHERE (relname, privilege) <> ('prices', 'INSERT') AND CASE
		WHEN privilege IN ('INSERT', 'UPDATE', 'REFERENCES') THEN has_any_column_privilege(holders.oid, tables.oid, privilege)
		ELSE has_table_privilege(holders.oid, tables.oid, privilege) END
	UNION ALL
	SELECT 'INSERT of created_time on prices', origin
	FROM holders, tables JOIN pg_attribute ON attrelid = tables.oid AND attname = 'created_time'
	WHERE relname = 'prices' AND has_column_privilege(holders.oid, tables.oid, attnum, 'INSERT')
)
SELECT what || max(origin) FROM excess GROUP BY what ORDER BY what`
