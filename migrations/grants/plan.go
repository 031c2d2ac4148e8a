package grants

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// Plan returns the statements that Apply would run in this transaction, the password's verifier hidden; none where the role
// is up to date. It may be called before the tables are made. It changes nothing, but it tries a role that is there by
// logging in as a node does. Errors wrap ErrUnfit for a role that can't be made fit for nodes.
func (r Role) Plan(ctx context.Context, tx *sql.Tx) ([]string, error) {
	statements, err := r.plan(ctx, tx)
	return shown(statements), err
}

// Apply makes the role or brings it up to date, and returns what it ran, as Plan does. The tables must be there. Besides the
// errors of Plan there are those of the server; the caller then rolls back.
func (r Role) Apply(ctx context.Context, tx *sql.Tx) ([]string, error) {
	statements, err := r.plan(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, s := range statements {
		if _, err := tx.ExecContext(ctx, s.sql); err != nil {
			return nil, fmt.Errorf("run %q: %w", s.shown, explain(err))
		}
	}
	if err := r.refuse(ctx, tx, true); err != nil {
		return nil, err
	}
	// The server only warns when it does not let the user grant or revoke.
	left, err := r.changes(ctx, tx)
	if err == nil && len(left) > 0 {
		err = fmt.Errorf("%w: without effect: %s; run it as the owner of database, schema and tables", ErrUnfit, strings.Join(left, "; "))
	}
	if err != nil {
		return nil, err
	}
	return shown(statements), nil
}

// statement is SQL, and what may be shown of it.
type statement struct{ sql, shown string }

func shown(statements []statement) []string {
	texts := make([]string, len(statements))
	for i, s := range statements {
		texts[i] = s.shown
	}
	return texts
}

func (r Role) plan(ctx context.Context, tx *sql.Tx) ([]statement, error) {
	if err := r.refuse(ctx, tx, false); err != nil {
		return nil, err
	}
	statements, err := r.password(ctx, tx)
	if err != nil {
		return nil, err
	}
	changes, err := r.changes(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, s := range changes {
		statements = append(statements, statement{s, s})
	}
	return statements, nil
}

// changes returns what brings settings and rights up to date.
func (r Role) changes(ctx context.Context, tx *sql.Tx) ([]string, error) {
	settings, err := r.settings(ctx, tx)
	if err != nil {
		return nil, err
	}
	rights, err := r.rights(ctx, tx)
	return append(settings, rights...), err
}

// explain adds who may run it to the server's word that the user may not.
func explain(err error) error {
	var answer *pgconn.PgError
	if errors.As(err, &answer) && answer.Code == "42501" {
		return fmt.Errorf("%w; it takes the owner of database and tables, and CREATEROLE to make or alter a role, or a superuser", err)
	}
	return err
}

// refuse returns an error where the role may do too much by attributes, ownership or others' rights, which are not ours to
// take away, and with own set where it may do so at all.
func (r Role) refuse(ctx context.Context, tx *sql.Tx, own bool) error {
	excess, err := excess(ctx, tx, r.login.User, own)
	if err != nil {
		return err
	}
	if len(excess) > 0 {
		return fmt.Errorf("%w: %s has %s; take that away, or choose another user", ErrUnfit, r.quoted(), strings.Join(excess, ", "))
	}
	return nil
}
