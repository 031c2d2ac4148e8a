package config_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/global/config"
)

// wrong lists bad values of each variable that is not secret, with a word of the remedy.
func wrong() map[string]struct {
	values []string
	remedy string
} {
	type faults = struct {
		values []string
		remedy string
	}
	manyAddresses := make([]string, global.MaxSigners+1)
	for i := range manyAddresses {
		manyAddresses[i] = fmt.Sprintf("0x%040x", i+1)
	}
	manyPairs := make([]string, global.MaxPairs+1)
	for i := range manyPairs {
		manyPairs[i] = fmt.Sprintf("P%d-USD", i)
	}
	duration := []string{"0", "-1", "-5s", "1.5", "ten", "1 s", "99999999999999999999", "1e3", "25h"}
	return map[string]faults{
		"GP_BOOTSTRAP":          {[]string{"yes", "2", " "}, "true or false"},
		"GP_BOOTSTRAPADDR":      {[]string{"/ip4/1.2.3.4/tcp/1", "/p2p/" + peerID, "1.2.3.4:8000", "/ip4/1.2.3.4/tcp/1/p2p/x"}, "peer ID"},
		"GP_CONNECTIONADDR":     {[]string{"0.0.0.0:8000", "/ip4/1.2.3/tcp/1", "/ip4/1.2.3.4/tcp/70000", "/ip4/1.2.3.4/tcp/1,", " "}, "multiaddr"},
		"GP_EXTERNALADDR":       {[]string{"example.com", "/nothing"}, "multiaddr"},
		"GP_NETWORK":            {[]string{"Net", "-net", "a_b", "ü", "a b", strings.Repeat("a", 33), "net\n"}, "1 to 32"},
		"GP_SIGNERS":            {[]string{anvil[:41], strings.Replace(anvil, "F", "f", 1), "0x", anvil + ",", anvil + "," + strings.ToLower(anvil), strings.Join(manyAddresses, ",")}, ""},
		"GP_ALLOWEDPEERS":       {[]string{"nobody", anvil, peerID + ";"}, "peer ID"},
		"GP_MINIMUMSIGNERCOUNT": {[]string{"0", "-1", "three", "1.5", "1025", "99999999999999999999"}, "whole number"},
		"GP_PROPOSERS":          {[]string{"0", "-1", "1025"}, "whole number"},
		"GP_PAIRS":              {[]string{"eth-usd", "ETH/USD", "ETH", "ETH-USD,ETH-USD", "ETH-USD,", "ABCDEFGHIJKLM-USD", " ", strings.Join(manyPairs, ",")}, ""},
		"GP_PRICEURL":           {[]string{"api.coinbase.com", "ftp://x", "http://", "https:/x", "http://[::1"}, "http"},
		"GP_APIORIGINS":         {[]string{"example.com", "https://example.com/", "https://a.example,x", "ftp://a.example", "https://", "**", "https://a.example,"}, "an origin such as"},
		"GP_FETCHPRICEINTERVAL": {append(duration, "1500ms"), ""},
		"GP_PRICEFRESHNESS":     {append(duration, "601", "10m1ns"), "duration"},
		"GP_SETTLEPERIOD":       {append(duration, "1500ms", "3601"), ""},
		"GP_FLUSHINTERVAL":      {append(duration, "1ns", "61m"), ""},
		"GP_CLOCKSKEW":          {append(duration[1:], "61"), "duration"},
		"GP_STAGEDELAY":         {append(duration, "61"), "duration"},
		"GP_MAXDEVIATION":       {[]string{"0%", "1", "101%", "-1%", "1.00001%", "0.0000%", ".5%", "1,5%", "%", "1%%", "9999%"}, ""},
		"GP_APIADDR":            {[]string{"9000", "localhost", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:65536", "::1:x"}, "HOST:PORT"},
		"GP_LOGLEVEL":           {[]string{"loud", "trace"}, "debug"},
		"GP_LOGFORMAT":          {[]string{"xml", "JSON"}, "auto, text, json"},
	}
}

func TestWrongValues(t *testing.T) {
	t.Setenv("HOME", home)
	for name, c := range wrong() {
		for _, bad := range c.values {
			_, err := load(t, map[string]string{name: bad})
			if !errors.Is(err, config.ErrInvalid) {
				t.Errorf("%s=%s: %v", name, bad, err)
				continue
			}
			lines := strings.Split(err.Error(), "\n")
			if len(lines) != 2 || !strings.HasPrefix(lines[1], "  "+name+"=") || !strings.Contains(lines[1], ": want ") ||
				!strings.Contains(lines[1], c.remedy) {
				t.Errorf("%s=%s: %q", name, bad, lines)
			}
		}
	}
}

// TestValuesAreNamed: a fault shows the very item of a list that is wrong.
func TestValuesAreNamed(t *testing.T) {
	t.Setenv("HOME", home)
	for name, in := range map[string][2]string{
		"GP_SIGNERS":            {anvil + ", nonsense ," + anvil2, "GP_SIGNERS=nonsense: want an address"},
		"GP_PAIRS":              {"ETH-USD,btc", "GP_PAIRS=btc: want BASE-QUOTE"},
		"GP_CONNECTIONADDR":     {"/ip4/1.2.3.4/tcp/1,nowhere", "GP_CONNECTIONADDR=nowhere: want a multiaddr"},
		"GP_FETCHPRICEINTERVAL": {"1500ms", "GP_FETCHPRICEINTERVAL=1500ms: want whole seconds"},
		"GP_MAXDEVIATION":       {"101%", "GP_MAXDEVIATION=101%: want more than 0% and at most 100%"},
		"GP_NETWORK":            {"two\nlines", `GP_NETWORK="two\nlines": want 1 to 32`},
	} {
		if _, err := load(t, map[string]string{name: in[0]}); err == nil || !strings.Contains(err.Error(), in[1]) {
			t.Errorf("%s=%s: %v, want %s", name, in[0], err, in[1])
		}
	}
}

// TestAllFaultsAtOnce sets every variable wrong.
func TestAllFaultsAtOnce(t *testing.T) {
	t.Setenv("HOME", home)
	env := map[string]string{
		"GP_PRIVATEKEY": "not-" + secretKey, "GP_NETWORKKEY": "not-" + networkKey, "GP_DATABASEURL": "mysql://" + secretPassword,
		"GP_PAIR": "ETH-USD", "GP_FETCH_PRICE_INTERVAL": "5s",
	}
	for name, c := range wrong() {
		env[name] = c.values[0]
	}
	_, err := load(t, env)
	if !errors.Is(err, config.ErrInvalid) {
		t.Fatal(err)
	}
	for name := range env {
		if !strings.Contains(err.Error(), "\n  "+name) {
			t.Errorf("%s is not named in %v", name, err)
		}
	}
	if n := strings.Count(err.Error(), "\n"); n != len(env) {
		t.Errorf("%d faults told, %d there: %v", n, len(env), err)
	}
	noSecrets(t, err.Error())
}

func TestUnknownNames(t *testing.T) {
	t.Setenv("HOME", home)
	for name, nearest := range map[string]string{
		"GP_PAIR":                 "GP_PAIRS",
		"GP_FETCH_PRICE_INTERVAL": "GP_FETCHPRICEINTERVAL",
		"GP_SIGNER":               "GP_SIGNERS",
		"GP_MINSIGNERCOUNT":       "GP_MINIMUMSIGNERCOUNT",
		"GP_DATABASE_URL":         "GP_DATABASEURL",
		"GP_PRIVATE_KEY":          "GP_PRIVATEKEY",
		"GP_pairs":                "GP_PAIRS",
		"GP_BOOTSTRAPADR":         "GP_BOOTSTRAPADDR",
	} {
		_, err := load(t, map[string]string{name: secretPassword})
		want := name + ": no such setting; the nearest is " + nearest
		if !errors.Is(err, config.ErrInvalid) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), secretPassword) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := load(t, map[string]string{"GPX_PAIRS": "x", "GP": "x", "XGP_PAIRS": "x"}); err != nil {
		t.Errorf("variables of others: %v", err)
	}
}
