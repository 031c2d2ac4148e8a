package grants

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

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
