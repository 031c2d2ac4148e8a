package grants

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/gossip-price/gossip-price/migrations/pgurl"
)

// ErrUnfit is wrapped by the errors that refuse a URL or a role as one of nodes. They say what would be right, and show
// no password.
var ErrUnfit = errors.New("not a database role for nodes")

// maxName bounds a role's name in bytes: Postgres cuts a longer one without an error.
const maxName = 63

// Role is the role by which nodes log in.
type Role struct {
	login    *pgx.ConnConfig // as a node does it
	verifier string          // of the password
}

// Parse reads the URL that nodes have as GP_DATABASEURL. The owner's URL, by which the tables are made, must lead to the
// same database. Nothing is connected to. Errors wrap ErrUnfit, or global.ErrMalformed for what is no URL.
func Parse(ownerURL, nodeURL string) (Role, error) {
	owner, err := pgurl.Parse(ownerURL)
	if err != nil {
		return Role{}, err
	}
	node, err := pgurl.Parse(nodeURL)
	if err != nil {
		return Role{}, fmt.Errorf("GP_NODEDATABASEURL: %w", err)
	}
	fault := unfitLogin(nodeURL, node.ConnConfig)
	if fault == "" {
		fault = unfitBeside(owner.ConnConfig, node.ConnConfig)
	}
	if fault != "" {
		return Role{}, fmt.Errorf("GP_NODEDATABASEURL: %w: %s", ErrUnfit, fault)
	}
	verifier, err := verifier(node.ConnConfig.Password)
	if err != nil {
		return Role{}, fmt.Errorf("GP_NODEDATABASEURL: %w", err)
	}
	return Role{login: node.ConnConfig, verifier: verifier}, nil
}

// unfitLogin tells what is wrong with user or password, or nothing. Both must stand in the URL: by default pgx would take
// them from PGUSER, PGPASSWORD or a file, where the owner's may be.
func unfitLogin(nodeURL string, node *pgx.ConnConfig) string {
	u, err := url.Parse(nodeURL)
	if err != nil {
		return "want postgres://USER:PASSWORD@HOST:PORT/NAME" // the text of err may show the password
	}
	user, query := u.User.Username(), u.Query()
	password, _ := u.User.Password()
	if query.Has("user") {
		user = query.Get("user")
	}
	if query.Has("password") {
		password = query.Get("password")
	}
	switch {
	case user == "" || user != node.User:
		return "it names no user; want postgres://USER:PASSWORD@HOST:PORT/NAME with a user for nodes alone"
	case len(user) > maxName:
		return fmt.Sprintf("the user's name has %d bytes; want at most %d", len(user), maxName)
	case password == "" || password != node.Password:
		return "it has no password; put one into it that nothing else has (openssl rand -hex 16 makes one)"
	case !isPrintableASCII(password):
		return "the password has other characters than printable ASCII; choose another one (openssl rand -hex 16 makes one)"
	}
	return ""
}

// unfitBeside tells what about the nodes' URL does not go with the owner's, or nothing.
func unfitBeside(owner, node *pgx.ConnConfig) string {
	switch {
	case node.User == owner.User:
		return fmt.Sprintf("%q is the user who owns the tables; nodes need one of their own", node.User)
	case node.Database != owner.Database || node.Port != owner.Port || !sameHost(owner.Host, node.Host):
		return fmt.Sprintf("it leads to %s, GP_DATABASEURL to %s; want the same host, port and database", place(node), place(owner))
	case node.RuntimeParams["search_path"] != owner.RuntimeParams["search_path"]:
		return "its search_path is not that of GP_DATABASEURL"
	}
	return ""
}

// sameHost tells whether two hosts can be one server: the owner often comes by a Unix socket, where nodes come by TCP.
func sameHost(a, b string) bool {
	isSocket := func(host string) bool { return strings.HasPrefix(host, "/") || strings.HasPrefix(host, "@") }
	return strings.EqualFold(a, b) || isSocket(a) != isSocket(b)
}

func place(c *pgx.ConnConfig) string { return fmt.Sprintf("%s:%d/%s", c.Host, c.Port, c.Database) }
