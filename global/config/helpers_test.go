package config_test

import (
	"os"
	"strings"
	"testing"

	"github.com/gossip-price/gossip-price/global/config"
)

// Values of secrets, for looking for them where they must not be. The key is the first public one of Anvil and Hardhat.
const (
	secretKey      = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
	networkKey     = "5ec2e7000000000000000000000000000000000000000000000000005ec2e7ff"
	secretPassword = "hunter2-is-secret"
	peerID         = "16Uiu2HAkzdvTpjnfwVGkiFcHkuCaKbjHxGb71Rv5XFpkQZoiprCe"
	anvil          = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
	anvil2         = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
)

// home is the folder of the user that the tests run as, so they say.
const home = "/home/someone"

// load reads the settings from an environment that has these GP_ variables and no others. Its tests set HOME, and don't
// run in parallel: a process has one environment.
func load(t *testing.T, env map[string]string) (config.Config, error) {
	t.Helper()
	for _, entry := range os.Environ() {
		if name, value, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "GP_") {
			t.Setenv(name, value) // restores it after the test
			if err := os.Unsetenv(name); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, value := range env {
		t.Setenv(name, value)
	}
	return config.Load()
}

func mustLoad(t *testing.T, env map[string]string) config.Config {
	t.Helper()
	c, err := load(t, env)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// value returns what is shown of a setting.
func value(t *testing.T, c config.Config, name string) string {
	t.Helper()
	for _, s := range c.Values() {
		if s.Name == name {
			return s.Value
		}
	}
	t.Fatalf("no setting %s", name)
	return ""
}
