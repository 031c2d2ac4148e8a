package test_test

import (
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// secretPrefix is how many digits of a secret must not be shown, in any of its forms.
const secretPrefix = 8

// noneOf fails where a text has the beginning of a secret: as it is, as hex or base64 of it, or of the bytes that it is hex of.
func noneOf(t *testing.T, text string, secrets []string) {
	t.Helper()
	text = strings.ToLower(text)
	for _, secret := range secrets {
		forms := [][]byte{[]byte(secret)}
		shown := []string{secret}
		if raw, err := hex.DecodeString(secret); err == nil {
			forms = append(forms, raw)
		}
		for _, b := range forms {
			shown = append(shown, hex.EncodeToString(b), base64.StdEncoding.EncodeToString(b), base64.URLEncoding.EncodeToString(b))
		}
		for _, s := range shown {
			if i := strings.Index(text, strings.ToLower(s[:secretPrefix])); i >= 0 {
				t.Errorf("a secret is shown: %s", text[max(0, i-200):min(len(text), i+200)])
			}
		}
	}
}

// secretSettings are one of each kind.
type secretSettings struct{ key, networkKey, password string }

func (s secretSettings) all() []string { return []string{s.key, s.networkKey, s.password} }

// env returns the settings, with a database that is not there.
func (s secretSettings) env() []string {
	database := url.URL{
		Scheme: "postgres", User: url.UserPassword("me", s.password), Host: "127.0.0.1:1", Path: "/prices",
		RawQuery: "sslmode=disable&sslpassword=" + s.password,
	}
	return []string{"GP_PRIVATEKEY=" + s.key, "GP_NETWORKKEY=" + s.networkKey, "GP_DATABASEURL=" + database.String()}
}

// cliSecrets looks for secrets in everything that the program says, when all goes wrong and at the lowest log level.
func cliSecrets(t *testing.T, c cli) {
	s := secretSettings{
		key:        "c0ffee5ec2e7d00df00dfacec0ffee5ec2e7d00df00dfacec0ffee5ec2e7d00d",
		networkKey: "5ec2e7beadedfacade5ec2e7beadedfacade5ec2e7beadedfacade5ec2e7bead",
		password:   "Hunter2Hunter2Hunter2",
	}
	set := c.with(s.env()...)
	t.Run("node", func(t *testing.T) { t.Parallel(); secretNode(t, set, s) })
	t.Run("commands", func(t *testing.T) {
		t.Parallel()
		for _, line := range []string{"config", "config --json", "help", "run --help", "migrate", "migrate --plan", "prices", "healthcheck", "doctor", "doctor --json"} {
			r := set.run(t, strings.Fields(line)...)
			noneOf(t, r.stdout+r.stderr, s.all())
		}
	})
	t.Run("faults", func(t *testing.T) { t.Parallel(); secretFaults(t, c, s) })
}

// secretNode runs a node whose database and bootstrap node are not there, and whose source has a password in its URL.
func secretNode(t *testing.T, c cli, s secretSettings) {
	const nobody = "/p2p/16Uiu2HAkzdvTpjnfwVGkiFcHkuCaKbjHxGb71Rv5XFpkQZoiprCe"
	p := c.with("GP_LOGLEVEL=debug", "GP_APIADDR=127.0.0.1:0", "GP_CONNECTIONADDR=/ip4/127.0.0.1/tcp/0", "GP_FETCHPRICEINTERVAL=1",
		"GP_FLUSHINTERVAL=1", "GP_PRICEURL=http://me:"+s.password+"@127.0.0.1:1", "GP_DATADIR="+filepath.Join(t.TempDir(), "data"),
		"GP_BOOTSTRAPADDR=/ip4/127.0.0.1/tcp/"+freePort(t)+nobody).start(t)
	for _, text := range []string{"store out of reach", "bootstrap unreachable", "no price this round"} {
		p.stderr.line(t, stepTimeout, text)
	}
	api := "http://" + unit{process: p}.api(t)
	for path, status := range map[string]int{
		"/healthz": http.StatusOK, "/readyz": http.StatusServiceUnavailable, "/nothing": http.StatusNotFound,
	} {
		noneOf(t, get(t, api+path, status), s.all())
	}
	p.stop(t, syscall.SIGTERM, 10*time.Second)
	noneOf(t, p.stdout.String()+p.stderr.String(), s.all())
}

// secretFaults has settings that are nearly right, and key files with what is no key.
func secretFaults(t *testing.T, c cli, s secretSettings) {
	for _, env := range [][]string{
		{"GP_PRIVATEKEY=" + s.key + "0"},
		{"GP_PRIVATEKEY=" + s.key[:63]},
		{"GP_PRIVATEKEY=\"" + s.key + "\""},
		{"GP_NETWORKKEY=" + s.networkKey + "00"},
		{"GP_NETWORKKEY=psk:" + s.networkKey},
		{"GP_DATABASEURL=host=db password=" + s.password},
		{"GP_DATABASEURL=mysql://me:" + s.password + "@db/prices"},
		{"GP_DATABASEURL=postgres://me:" + s.password + "@db:port/prices"},
		{"GP_PRIVATEKEYS=" + s.key}, // the value of an unknown name is not shown either
		{"GP_PRIVATEKEY=" + s.key, "GP_KEYFILE=" + newFile(t, s.networkKey)},
		{"GP_KEYFILE=" + newFile(t, s.key+"0")},
		{"GP_KEYFILE=" + newFile(t, `{"key":"`+s.key+`"}`)},
	} {
		r := c.with(env...).with("GP_APIADDR=127.0.0.1:0", "GP_CONNECTIONADDR=/ip4/127.0.0.1/tcp/0").run(t)
		r.want(t, 1)
		noneOf(t, r.stdout+r.stderr, s.all())
	}
}
