package config

import (
	"net"
	"net/url"
	"strconv"
	"strings"
)

func (p *parser) httpURL(name, value string) string {
	u, err := url.Parse(value)
	if err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" {
		return value
	}
	shown := value
	if strings.Contains(value, "@") { // there may be a password before it
		shown = hidden
	}
	p.fault(name, shown, "an http or https URL")
	return value
}

func (p *parser) hostPort(name, value string) string {
	_, port, err := net.SplitHostPort(value)
	if _, number := strconv.ParseUint(port, 10, 16); err != nil || number != nil {
		p.fault(name, value, "HOST:PORT, such as 127.0.0.1:9000")
	}
	return value
}

// origins parses a comma list of what browsers send as Origin.
func (p *parser) origins(name, value string) []string {
	items := list(value)
	for _, item := range items {
		u, err := url.Parse(item)
		whole := err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && item == u.Scheme+"://"+u.Host
		if !whole && item != "*" {
			p.fault(name, item, "an origin such as https://example.com, without a path, or *")
		}
	}
	return items
}

const wantPostgres = "postgres://USER:PASSWORD@HOST/DATABASE"

const embeddedScheme = "sqlite:"

// EmbeddedStore returns the file of a price store that is no server's, by its URL sqlite:FILE.
func EmbeddedStore(storeURL string) (file string, ok bool) {
	return strings.CutPrefix(storeURL, embeddedScheme)
}

func (p *parser) databaseURL(value string) string {
	if file, ok := EmbeddedStore(value); ok && file != "" {
		return value
	}
	return p.postgresURL("GP_DATABASEURL", value, wantPostgres+" or sqlite:FILE")
}

func (p *parser) postgresURL(name, value, want string) string {
	if value == "" {
		return ""
	}
	u, err := url.Parse(value)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") || len(u.Path) < 2 {
		p.fault(name, hidden, want)
	}
	return value
}
