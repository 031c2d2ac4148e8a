// Package pgurl reads Postgres URLs for all that connect to the database, and keeps their secrets out of errors.
package pgurl

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/gossip-price/gossip-price/global"
)

// connectTimeout bounds one attempt to connect, unless the URL says otherwise by connect_timeout.
const connectTimeout = 5 * time.Second

// Parse reads a URL postgres://USER:PASSWORD@HOST:PORT/NAME with the parameters that libpq and pgxpool know. The
// connection names itself gossip-price to the server unless the URL sets application_name. It connects to nothing.
// Errors wrap global.ErrMalformed and show no part of the URL, which may be a password.
func Parse(databaseURL string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(databaseURL)
	if err != nil {
		return nil, fmt.Errorf("parse database URL: %w: %s", global.ErrMalformed, reason(err))
	}
	if strays(databaseURL) {
		return nil, fmt.Errorf("parse database URL: %w: %s", global.ErrMalformed, want)
	}
	connection := config.ConnConfig
	if connection.ConnectTimeout == 0 {
		connection.ConnectTimeout = connectTimeout
	}
	if _, set := connection.RuntimeParams["application_name"]; !set {
		connection.RuntimeParams["application_name"] = global.Name
	}
	return config, nil
}

// want is what a broken URL should have been.
const want = "want postgres://USER:PASSWORD@HOST:PORT/NAME, with %XX for special characters of the password"

// strays tells whether a part of the password, for want of %XX, stands where a database's or a parameter's name should,
// so that the server's errors would show it: after one of the characters / ? #, and before an @.
func strays(databaseURL string) bool {
	u, err := url.Parse(databaseURL)
	if err != nil || u.Fragment != "" || strings.Contains(u.Path, "@") {
		return true
	}
	for name := range u.Query() {
		if strings.Contains(name, "@") {
			return true
		}
	}
	return false
}

// reason says what is wrong in words that can't hold a password. The text of pgx's own error has the URL in it, masked
// as well as a broken URL can be; the cause of a broken URL quotes the broken part, which may be of the password.
func reason(err error) string {
	var parse *pgconn.ParseConfigError
	var broken *url.Error
	if !errors.As(err, &parse) || errors.As(err, &broken) || errors.Unwrap(parse) == nil {
		return want
	}
	return errors.Unwrap(parse).Error() + "; " + want
}
