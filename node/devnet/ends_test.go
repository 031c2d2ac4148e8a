package devnet_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/node/devnet"
)

func TestRunEnds(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(o *devnet.Options)
		text   string
		err    string
	}{
		"duration": {func(o *devnet.Options) { o.Duration = 6 * time.Second }, "stopped after ", ""},
		"at once":  {func(o *devnet.Options) { o.Duration = 1 }, "stopped before the network was up", ""},
		"terminal": {func(o *devnet.Options) { o.Duration, o.Terminal = 6*time.Second, true }, "\x1b[KREPLAY ", ""},
		"database": {func(o *devnet.Options) { o.Duration, o.Database = 6*time.Second, "sqlite:"+o.Data+".db" }, "see the rows:  gp prices\n", ""},
		"address":  {func(o *devnet.Options) { o.API = "nowhere" }, "", "choose another address with --api"},
		"bad key":  {func(o *devnet.Options) { spoil(t, o.Data) }, "", "want 64 hex digits"},
		"bad URL":  {func(o *devnet.Options) { o.Database = "mysql://x" }, "", "open price store"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, out := options(t)
			test.change(&o)
			err := devnet.Run(t.Context(), o)
			if (err == nil) != (test.err == "") || (err != nil && !strings.Contains(err.Error(), test.err)) {
				t.Errorf("Run = %v, want %q", err, test.err)
			}
			if !strings.Contains(out.String(), test.text) {
				t.Errorf("%q is not in\n%s", test.text, out)
			}
		})
	}
}

// spoil puts something else where a node's key belongs.
func spoil(t *testing.T, data string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(data, "node1"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, "node1", "node.key"), []byte("key"), 0o600); err != nil {
		t.Fatal(err)
	}
}
