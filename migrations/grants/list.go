package grants

import (
	"context"
	"database/sql"
)

// querier asks a database: a transaction of a migration, or the connections of a store.
type querier interface {
	QueryContext(ctx context.Context, query string, arguments ...any) (*sql.Rows, error)
}

// list returns the one column of a query's rows.
func list(ctx context.Context, db querier, query string, arguments ...any) (texts []string, err error) {
	rows, err := db.QueryContext(ctx, query, arguments...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	return texts, rows.Err()
}
