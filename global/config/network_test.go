package config_test

import (
	"strings"
	"testing"

	"github.com/gossip-price/gossip-price/global/config"
)

func TestValidNetwork(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"a": true, "acme": true, "7-11": true, "a-": true, strings.Repeat("a", 32): true,
		"": false, "-a": false, "Acme": false, "a_b": false, "a b": false, "a\n": false, "ä": false, "../a": false,
		strings.Repeat("a", 33): false,
	} {
		if config.ValidNetwork(name) != want {
			t.Errorf("ValidNetwork(%q) = %v", name, !want)
		}
	}
}
