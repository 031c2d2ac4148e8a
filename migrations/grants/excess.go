package grants

// Excess is the SQL that lists what the role $1 may do beyond what a node needs, a text a row, none for a fit role. A right
// that comes from elsewhere has its origin behind it: a role that $1 is a member of, or PUBLIC. With $2 false only these
// are listed, for the role's own can be revoked. Any role may ask. The tables are those of the current schema.
const Excess = `WITH node AS (
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
		('the server''s files and programs',
			rolname IN ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files')),
		('owner of the database', oid IN (SELECT datdba FROM pg_database WHERE datname = current_database())),
		('owner of the schema', oid IN (SELECT nspowner FROM pg_namespace WHERE nspname = current_schema())),
		('owner of the tables', oid IN (SELECT relowner FROM tables))
	) attributes (what, has) WHERE has
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
