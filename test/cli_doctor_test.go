package test_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/gossip-price/gossip-price/node/api"
)

// cliDoctor examines wrong settings, good ones, and a node that runs.
func cliDoctor(t *testing.T, c cli) {
	c.with("GP_PAIRS=x", "GP_MINIMUMSIGNERCOUNT=0").run(t, "doctor").want(t, 1, "failing  settings", "GP_PAIRS", "GP_MINIMUMSIGNERCOUNT")
	prices, _ := startReplay(t, c)
	folder := filepath.Join(t.TempDir(), "data")
	c = c.with("GP_PRICEURL="+prices, "GP_DATADIR="+folder, "GP_MINIMUMSIGNERCOUNT=1", "GP_APIADDR=127.0.0.1:"+freePort(t),
		"GP_CONNECTIONADDR=/ip4/127.0.0.1/tcp/"+freePort(t))
	c.run(t, "doctor").want(t, 0, "ok       ports", "ok       source", "warning  open_network", "List the members' addresses in GP_SIGNERS")
	if left, err := filepath.Glob(folder + "*"); err != nil || len(left) > 0 {
		t.Errorf("it wrote %v, %v", left, err)
	}
	p := c.start(t)
	until(t, stepTimeout, "the node to be ready", func() bool { return c.run(t, "healthcheck", "--ready").code == 0 })
	checks := doctorChecks(t, c.run(t, "doctor", "--json").want(t, 0).stdout)
	if d := checks["node"].Detail; !strings.Contains(d, "and is ready") {
		t.Errorf("beside a node: %s", d)
	}
	p.stop(t, syscall.SIGTERM, stepTimeout)
}

func doctorChecks(t *testing.T, lines string) map[string]api.Check {
	t.Helper()
	checks := make(map[string]api.Check)
	for line := range strings.Lines(lines) {
		var c api.Check
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		checks[c.Name] = c
	}
	return checks
}
