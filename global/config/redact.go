package config

import (
	"log/slog"
	"net/url"
	"strings"
)

// redacted replaces secrets by a mark that tells only whether they are set.
func redacted(settings []Setting) []Setting {
	for i, s := range settings {
		switch {
		case s.Value == "" || s.secret == "":
		case s.secret == "url":
			settings[i].Value = RedactURL(s.Value)
		default:
			settings[i].Value = "(set)"
		}
	}
	return settings
}

// RedactURL returns a database or price URL without its password, in the authority and in the query. Where a password
// that was not escaped could have ended up elsewhere it shows nothing.
func RedactURL(s string) string {
	if _, ok := EmbeddedStore(s); ok {
		return s
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" || u.Fragment != "" || strings.Contains(u.Opaque+u.Path+u.RawQuery, "@") {
		return hidden
	}
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil || q.Has("password") || q.Has("sslpassword") {
		u.RawQuery = hidden
	}
	return u.Redacted()
}

// String names the network alone, so that a Config that is printed or logged by mistake shows no secret, not even of a
// field that is added one day. Values shows the settings.
func (c Config) String() string { return "settings of network " + c.Network }

// GoString hides secrets from %#v as String does from %v.
func (c Config) GoString() string { return c.String() }

// LogValue implements slog.LogValuer with String.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// MarshalText makes encoders write String and no fields: a Config is read from the environment, never from a file.
func (c Config) MarshalText() ([]byte, error) { return []byte(c.String()), nil }
