package api_test

import (
	"testing"

	"github.com/gossip-price/gossip-price/node/api"
)

func TestDialable(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]string{
		":9000":          "localhost:9000",
		"0.0.0.0:9000":   "localhost:9000",
		"[::]:9000":      "localhost:9000",
		"127.0.0.1:9000": "127.0.0.1:9000",
		"[::1]:9000":     "[::1]:9000",
		"10.0.0.7:80":    "10.0.0.7:80",
		"node1:9000":     "node1:9000",
		"nowhere":        "nowhere",
	} {
		if got := api.Dialable(addr); got != want {
			t.Errorf("Dialable(%s) = %s, want %s", addr, got, want)
		}
	}
}
