package grants

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
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
			return nil, fmt.Errorf("run %q: %w", s.shown, err)
		}
	}
	if err := r.refuse(ctx, tx, true); err != nil {
		return nil, err
	}
	// The server only warns when it does not let the user grant or revoke.
	left, err := r.rights(ctx, tx)
	if err == nil && len(left) > 0 {
		err = fmt.Errorf("%w: without effect: %s; run it as the owner of tables and schema", ErrUnfit, strings.Join(left, "; "))
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
	rights, err := r.rights(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, s := range rights {
		statements = append(statements, statement{s, s})
	}
	return statements, nil
}

// refuse returns an error where the role may do too much by attributes, ownership or others' rights, which are not ours to
// take away, and with own set where it may do so at all.
func (r Role) refuse(ctx context.Context, tx *sql.Tx, own bool) error {
	excess, err := list(ctx, tx, Excess, r.login.User, own)
	if err != nil {
		return fmt.Errorf("read what %s may do: %w", r.quoted(), err)
	}
	if len(excess) > 0 {
		return fmt.Errorf("%w: %s has %s; take that away, or choose another user", ErrUnfit, r.quoted(), strings.Join(excess, ", "))
	}
	return nil
}

// password returns what makes the role, or sets its password. Only a superuser could compare the password with what the
// server keeps, so it is tried: a login that fails, for whatever reason, gets it set again. Where the server lets
// everybody in without one (trust), a wrong password goes unnoticed.
func (r Role) password(ctx context.Context, tx *sql.Tx) ([]statement, error) {
	var login bool
	err := tx.QueryRowContext(ctx, "SELECT rolcanlogin FROM pg_roles WHERE rolname = $1", r.login.User).Scan(&login)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return []statement{r.secret("CREATE ROLE %s LOGIN PASSWORD '%s'")}, nil
	case err != nil:
		return nil, fmt.Errorf("look for role %s: %w", r.quoted(), err)
	case !login:
		return nil, fmt.Errorf("%w: %s is not allowed to log in; ALTER ROLE .. LOGIN allows it", ErrUnfit, r.quoted())
	}
	refusal := r.try(ctx)
	if refusal == nil {
		return nil, nil
	}
	if ctx.Err() != nil {
		return nil, refusal
	}
	held, err := list(ctx, tx, heldQuery, r.login.User)
	if err != nil {
		return nil, fmt.Errorf("read rights: %w", err)
	}
	if len(held) == 0 { // it belongs to somebody else, perhaps to the nodes of another database
		return nil, fmt.Errorf("%w: %s is there already, has no right on these tables, and its login fails, so its password "+
			"is left alone; choose another user, or the right password: %w", ErrUnfit, r.quoted(), refusal)
	}
	return []statement{r.secret("ALTER ROLE %s PASSWORD '%s'")}, nil
}

// try logs in as a node does.
func (r Role) try(ctx context.Context) error {
	conn, err := pgx.ConnectConfig(ctx, r.login)
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}

// secret completes a statement by the role's name and the verifier, which can't have a quote in it.
func (r Role) secret(format string) statement {
	return statement{fmt.Sprintf(format, r.quoted(), r.verifier), fmt.Sprintf(format, r.quoted(), "(hidden)")}
}
