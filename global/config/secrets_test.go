package config_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/global/config"
)

func noSecrets(t *testing.T, shown string) {
	t.Helper()
	for _, secret := range []string{secretKey, networkKey, secretPassword, secretKey[:12], networkKey[:12], "hunter2"} {
		if strings.Contains(strings.ToLower(shown), secret) {
			t.Errorf("%s is shown in %s", secret, shown)
		}
	}
}

// TestFaultsHideSecrets has values that are nearly right, as a slip of the hand makes them.
func TestFaultsHideSecrets(t *testing.T) {
	t.Setenv("HOME", home)
	for name, values := range map[string][]string{
		"GP_PRIVATEKEY": {secretKey + "0", secretKey[:62], "0x0x" + secretKey, " " + secretKey, secretKey + "\n", `"` + secretKey + `"`},
		"GP_NETWORKKEY": {networkKey + "00", networkKey[:62], "psk:" + networkKey},
		"GP_DATABASEURL": {
			"host=db password=" + secretPassword, "mysql://me:" + secretPassword + "@db/prices", "me:" + secretPassword + "@db/prices",
			"postgres://me:" + secretPassword + "@db", "postgres://me:" + secretPassword + "@db/", "postgres://me:%zz" + secretPassword + "@db/x",
			"postgres://me:1#" + secretPassword + "@db/prices", "postgres:", "sqlite:",
		},
		"GP_NODEDATABASEURL": {
			"host=db password=" + secretPassword, "postgres://me:" + secretPassword + "@db/", "sqlite:prices.db", "nodes",
		},
		"GP_PRICEURL": {"ftp://me:" + secretPassword + "@mirror", "me:" + secretPassword + "@mirror", "http://me:%" + secretPassword + "@mirror"},
	} {
		for _, in := range values {
			_, err := load(t, map[string]string{name: in})
			if err == nil || !strings.Contains(err.Error(), "\n  "+name+"=(hidden): want ") {
				t.Errorf("%s=%s: %v", name, in, err)
				continue
			}
			noSecrets(t, err.Error())
		}
		t.Setenv(name, "")
	}
}

func TestValuesHideSecrets(t *testing.T) {
	t.Setenv("HOME", home)
	env := everything()
	env["GP_PRICEURL"] = "http://me:" + secretPassword + "@mirror/"
	c := mustLoad(t, env)
	noSecrets(t, fmt.Sprintf("%v %+v %#v", c.Values(), c.Values(), c.Values()))
	for name, want := range map[string]string{
		"GP_PRIVATEKEY":         "(set)",
		"GP_NETWORKKEY":         "(set)",
		"GP_DATABASEURL":        "postgres://me:xxxxx@db.example:5432/prices?sslmode=disable",
		"GP_NODEDATABASEURL":    "postgres://nodes:xxxxx@db.example/prices",
		"GP_PRICEURL":           "http://me:xxxxx@mirror/",
		"GP_FETCHPRICEINTERVAL": "20",
		"GP_SIGNERS":            anvil + "," + anvil2,
		"GP_KEYFILE":            "",
	} {
		if got := value(t, c, name); got != want {
			t.Errorf("%s is shown as %q, want %q", name, got, want)
		}
	}
}

func TestRedactURL(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                                   "(hidden)",
		"sqlite:prices.db":                   "sqlite:prices.db",
		"sqlite:/data/a@b.db":                "sqlite:/data/a@b.db",
		"postgres://db/prices":               "postgres://db/prices",
		"postgres://me@db/prices":            "postgres://me@db/prices",
		"postgres://me:pw@db/prices":         "postgres://me:xxxxx@db/prices",
		"postgres://db/prices?sslmode=no":    "postgres://db/prices?sslmode=no",
		"postgres://db/prices?password=pw":   "postgres://db/prices?(hidden)",
		"postgres://db/p?sslpassword=pw":     "postgres://db/p?(hidden)",
		"postgres://db/p?pass%77ord=pw":      "postgres://db/p?(hidden)",
		"postgres://db/p?password=p;w":       "postgres://db/p?(hidden)",
		"postgres://db/p?password=%zz":       "postgres://db/p?(hidden)",
		"host=db password=pw":                "(hidden)",
		"postgres://me:1/2@db/prices":        "(hidden)",
		"postgres://me:1?2@db/prices":        "(hidden)",
		"postgres://me:1#2@db/prices":        "(hidden)",
		"postgres://db/prices?password=p#w":  "(hidden)",
		"me:pw@db/prices":                    "(hidden)",
		"postgres://me:%@db/prices":          "(hidden)",
		"postgres://me:pw@db/p?user=a&port=": "postgres://me:xxxxx@db/p?user=a&port=",
	} {
		if got := config.RedactURL(in); got != want {
			t.Errorf("RedactURL(%s) = %s, want %s", in, got, want)
		}
	}
}

// TestRedactAnyPassword draws passwords, escaped and not, in both places where a URL may have one.
func TestRedactAnyPassword(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		around := rapid.StringMatching(`[-/?#:@%;&=+ a-z0-9\\"'\[\]]{0,6}`)
		password := around.Draw(t, "before") + "SECRET" + around.Draw(t, "after")
		for _, s := range []string{
			"postgres://me:" + password + "@db/prices",
			"postgres://me:" + url.QueryEscape(password) + "@db/prices",
			"postgres://db/prices?user=me&password=" + password,
			"postgres://db/prices?user=me&password=" + url.QueryEscape(password) + "&sslmode=disable",
			"host=db user=me password=" + password,
		} {
			if got := config.RedactURL(s); strings.Contains(got, "SECRET") {
				t.Fatalf("RedactURL(%s) = %s", s, got)
			}
		}
	})
}
