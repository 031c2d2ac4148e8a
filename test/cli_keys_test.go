package test_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gossip-price/gossip-price/global/config"
)

func cliConfig(t *testing.T, c cli) {
	const key = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
	set := c.with("GP_PRIVATEKEY="+key, "GP_NETWORKKEY="+strings.Repeat("5a", 32), "GP_SIGNERS=",
		"GP_DATABASEURL=postgres://me:hunter2@db/prices?sslpassword=hunter2", "GP_FETCHPRICEINTERVAL=90")
	shown := set.run(t, "config").want(t, 0, "GP_FETCHPRICEINTERVAL  90", "GP_MINIMUMSIGNERCOUNT  3", "GP_PRIVATEKEY          (set)")
	asJSON := set.run(t, "config", "--json").want(t, 0)
	for _, out := range []string{shown.stdout, asJSON.stdout} {
		for _, secret := range []string{key, strings.Repeat("5a", 32), "hunter2"} {
			if strings.Contains(out, secret) {
				t.Errorf("config shows a secret: %s", out)
			}
		}
	}
	values := decode[map[string]string](t, asJSON.stdout)
	if values["GP_NETWORKKEY"] != "(set)" || values["GP_SIGNERS"] != "" || len(values) != len(config.Settings()) {
		t.Errorf("config --json = %v", values)
	}
}

func cliKeygen(t *testing.T, c cli) {
	type card struct {
		PrivateKey string `json:"private_key"`
		Address    string `json:"address"`
		PeerID     string `json:"peer_id"`
	}
	known := make(map[card]bool)
	for range 3 {
		made := decode[card](t, c.run(t, "keygen", "--json").want(t, 0).stdout)
		known[made] = true
		file := filepath.Join(t.TempDir(), "hex")
		if err := os.WriteFile(file, []byte("0x"+made.PrivateKey+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		again := decode[card](t, c.run(t, "keygen", "--json", "--from", file).want(t, 0).stdout)
		if made.PrivateKey = ""; again != made {
			t.Errorf("the key %v is read as %v", made, again)
		}
	}
	if len(known) != 3 {
		t.Errorf("%d different keys of 3", len(known))
	}
	c.run(t, "keygen").want(t, 0, "private key  ", "address      0x", "peer ID      16Uiu2")

	file := filepath.Join(t.TempDir(), "sub", "node.key")
	shown := c.run(t, "keygen", "--out", file).want(t, 0, "address ").stdout
	if strings.Contains(shown, "private") {
		t.Errorf("the key is in a file and on the screen: %s", shown)
	}
	if info, err := os.Stat(file); err != nil || info.Mode() != 0o600 {
		t.Errorf("key file: %v, %v", info, err)
	}
	before, _ := os.ReadFile(file)
	c.run(t, "keygen", "--out", file).want(t, 1, "file already exists", file)
	if after, _ := os.ReadFile(file); len(before) == 0 || !bytes.Equal(after, before) {
		t.Error("the key file was overwritten")
	}
	if again := c.run(t, "keygen", "--from", file).want(t, 0).stdout; again != shown {
		t.Errorf("--from shows %s, --out showed %s", again, shown)
	}
}
