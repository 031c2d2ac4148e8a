package grants

import (
	"context"
	"database/sql"
	"fmt"
)

// settingsQuery lists what the role's sessions here begin with, as the end of the ALTER ROLE that takes it back. A role may
// change that for itself: a search_path that leads nowhere, or sessions that only read, lock out all nodes that log in by
// it. What it can't change is an administrator's and stays: what only a superuser may set, and what extensions have.
// So does what the owner of the tables has alike, such as a search_path of both. The view has no line for role.
const settingsQuery = `SELECT concat(' IN DATABASE ' || quote_ident(datname), ' RESET ', quote_ident(name))
FROM pg_db_role_setting
	JOIN pg_roles ON pg_roles.oid = setrole
	LEFT JOIN pg_database ON pg_database.oid = setdatabase,
	unnest(setconfig) AS setting,
	split_part(setting, '=', 1) AS name
WHERE rolname = $1 AND (setdatabase = 0 OR datname = current_database())
	AND (name IN (SELECT name FROM pg_settings WHERE context = 'user') OR name = 'role')
	AND substr(setting, length(name) + 2) IS DISTINCT FROM current_setting(name, true)
ORDER BY 1`

// settings returns the statements that take back such settings.
func (r Role) settings(ctx context.Context, tx *sql.Tx) ([]string, error) {
	statements, err := list(ctx, tx, settingsQuery, r.login.User)
	if err != nil {
		return nil, fmt.Errorf("read settings: %w", err)
	}
	for i, end := range statements {
		statements[i] = "ALTER ROLE " + r.quoted() + end
	}
	return statements, nil
}
