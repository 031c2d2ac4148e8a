package scale_test

import (
	"cmp"
	"fmt"
	"os"
	"strconv"
	"testing"

	"github.com/gossip-price/gossip-price/test/scale"
)

// aim is what a result is to reach: messages a price, and the quorum's time at p50 and p99 in multiples of the same quantile of two
// plain deliveries.
type aim struct{ messages, p50, p99 float64 }

func aims() map[string]aim {
	return map[string]aim{
		scale.Healthy:  {3.1, 1.2, 1.2},
		scale.Dead:     {3.5, 1.25, 2},
		scale.Refusing: {3.5, 2.3, 4},
	}
}

// missed tells what a result falls short of, if anything. The time at p50 may be what two co-signers at random take who answer
// at once: that is more than the aim where the network's distances are uneven.
func missed(r scale.Result, slack float64) (missed []string) {
	a, ok := aims()[r.Case]
	if !ok {
		return nil
	}
	check := func(what string, got, want float64) {
		if got > want*slack {
			missed = append(missed, fmt.Sprintf("%s: %.2f, want at most %.2f", what, got, want))
		}
	}
	slower := r.Slower()
	if r.Case == scale.Refusing {
		slower.P99 = r.Quorum.P99 / r.Two.P50
	}
	check("messages a price", r.Messages, a.messages)
	check("quorum at p50", slower.P50, max(a.p50, r.Ideal.P50/r.Two.P50))
	check("quorum at p99", slower.P99, a.p99)
	if r.Reached < 1 {
		missed = append(missed, fmt.Sprintf("quorum on %.4f of the nodes", r.Reached))
	}
	return missed
}

// TestSmall keeps the aims in small networks, with some slack: there are few prices.
func TestSmall(t *testing.T) { //nolint:paralleltest // see run
	const slack = 1.2
	for _, c := range []trial{ //nolint:paralleltest // see run
		{nodes: 4, name: scale.Healthy, proposers: 4, warmUp: 10, rounds: 6},
		{nodes: 4, name: scale.Dead, proposers: 4, warmUp: 4, rounds: 4},
		{nodes: 4, name: scale.Refusing, proposers: 4, warmUp: 10, rounds: 6},
		{nodes: 16, name: scale.Healthy, proposers: 2, warmUp: 2, rounds: 3},
		{nodes: 8, name: scale.Naive, proposers: 1, rounds: 1},
	} {
		t.Run(fmt.Sprint(c.nodes, " ", c.name), func(t *testing.T) {
			r := c.run(t, t.TempDir())
			if r.Prices == 0 || r.Reached < 1 {
				t.Fatalf("%d prices, quorum on %.3f of the nodes", r.Prices, r.Reached)
			}
			for _, what := range missed(r, slack) {
				t.Error(what)
			}
			if c.name == scale.Naive && r.Messages < float64(c.nodes)/2 {
				t.Errorf("%.1f messages a price without a schedule: the simulation shows nothing", r.Messages)
			}
		})
	}
}

// TestTrial runs one simulation, of SIM_NODES nodes in the case SIM_CASE, and appends its result to the file SIM_CSV.
func TestTrial(t *testing.T) { //nolint:paralleltest // see run
	nodes, err := strconv.Atoi(cmp.Or(os.Getenv("SIM_NODES"), "0"))
	if err != nil {
		t.Fatal(err)
	}
	if nodes == 0 {
		t.Skip("SIM_NODES is unset: scripts/simulate.sh sets it")
	}
	result := plan(nodes, cmp.Or(os.Getenv("SIM_CASE"), scale.Healthy)).run(t, t.TempDir())
	for _, what := range missed(result, 1) {
		t.Log("MISSED ", what)
	}
	path := os.Getenv("SIM_CSV")
	if path == "" || t.Failed() {
		return
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := scale.Write(file, []scale.Result{result}); err != nil {
		t.Error(err)
	}
}
