package grants

import (
	"context"
	"fmt"
)

// Missing lists what the connection's user may not do and a node needs, a short text each, in order; none for a fit role. Any
// user may ask. The tables are those of the current schema, and must be there. Errors are those of the server.
func Missing(ctx context.Context, db querier) ([]string, error) {
	var missing []string
	for _, t := range tables() {
		texts, err := list(ctx, db, "SELECT 'SELECT on ' || $1 WHERE NOT has_table_privilege($1, 'SELECT')", t.name)
		if err == nil && len(t.inserts) > 0 {
			var columns []string
			columns, err = list(ctx, db, "SELECT 'INSERT of ' || name || ' on ' || $1 FROM unnest($2::text[]) name "+
				"WHERE NOT has_column_privilege($1, name, 'INSERT') ORDER BY name", t.name, t.inserts)
			texts = append(texts, columns...)
		}
		if err != nil {
			return nil, fmt.Errorf("read what the database user may not do: %w", err)
		}
		missing = append(missing, texts...)
	}
	return missing, nil
}
