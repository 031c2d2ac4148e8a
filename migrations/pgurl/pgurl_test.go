package pgurl_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/migrations/pgurl"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		address, password, name string
		timeout                 time.Duration
	}{
		{"postgres://u:p@h/d", "p", "gossip-price", 5 * time.Second},
		{"postgresql://u:p%40%2F%3F%23@h/d", "p@/?#", "gossip-price", 5 * time.Second},
		{"postgres:///d?host=/tmp&user=u&password=p&connect_timeout=3", "p", "gossip-price", 3 * time.Second},
		{"postgres://u:p@h/d?application_name=mine", "p", "mine", 5 * time.Second},
	} {
		config, err := pgurl.Parse(c.address)
		if err != nil {
			t.Errorf("Parse(%q) = %v", c.address, err)
			continue
		}
		connection := config.ConnConfig
		if name := connection.RuntimeParams["application_name"]; name != c.name || connection.Password != c.password ||
			connection.User != "u" || connection.Database != "d" || connection.ConnectTimeout != c.timeout {
			t.Errorf("Parse(%q): user %q, password %q, database %q, name %q, timeout %v", c.address, connection.User,
				connection.Password, connection.Database, name, connection.ConnectTimeout)
		}
	}
}

// TestSecretsStayHidden spoils URLs at and around a password in every way that a character can.
func TestSecretsStayHidden(t *testing.T) {
	t.Parallel()
	const secret = "hunter2"
	refused := 0
	for c := range 128 {
		for _, address := range []string{
			"postgres://u:" + string(rune(c)) + secret + "@h/d",
			"postgres://u:" + secret + string(rune(c)) + "@h/d",
			"postgres://u:" + secret + "@" + string(rune(c)) + "h/d?sslmode=perhaps",
			"postgres://h/d?user=u&password=" + secret + string(rune(c)) + "&sslmode=perhaps",
		} {
			_, err := pgurl.Parse(address)
			if err == nil {
				continue
			}
			refused++
			if !errors.Is(err, global.ErrMalformed) || strings.Contains(err.Error(), secret) {
				t.Errorf("Parse(%q) = %v", address, err)
			}
		}
	}
	if refused < 256 {
		t.Errorf("%d of the URLs were refused, want at least those with a wrong sslmode", refused)
	}
}

func TestReason(t *testing.T) {
	t.Parallel()
	_, err := pgurl.Parse("postgres://u:p@h/d?sslmode=perhaps")
	if err == nil || !strings.Contains(err.Error(), "sslmode") {
		t.Errorf("Parse = %v, want the reason", err)
	}
}
