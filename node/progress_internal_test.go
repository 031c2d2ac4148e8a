package node

import (
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/global/price"
)

// A milestone begins with the node's first round, is counted once a round, and never goes back.
func TestProgress(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	policy := consensus.Policy{Pairs: []price.Pair{"ETH-USD"}, Interval: time.Minute}
	g := newProgress(registry, &policy, time.Unix(630, 0))
	expect := func(last, count float64) {
		t.Helper()
		families, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		if got := verifiedOf(families[0]).GetGauge().GetValue(); got != last {
			t.Errorf("last round %v, want %v", got, last)
		}
		if got := verifiedOf(families[1]).GetCounter().GetValue(); got != count {
			t.Errorf("%v rounds, want %v", got, count)
		}
	}
	expect(600, 0)
	for _, step := range []struct {
		round       consensus.Round
		last, count float64
	}{{540, 600, 0}, {600, 600, 1}, {600, 600, 1}, {780, 780, 2}, {720, 780, 2}, {840, 840, 3}} {
		g.step(&Event{Step: Quorum, Observation: consensus.Observation{Pair: "ETH-USD", Round: step.round}})
		g.step(&Event{Step: Quorum, Observation: consensus.Observation{Pair: "BTC-USD", Round: 6000}}) // not of this node
		expect(step.last, step.count)
	}
}

// verifiedOf returns the series of verified rounds.
func verifiedOf(f *dto.MetricFamily) *dto.Metric {
	for _, series := range f.GetMetric() {
		for _, label := range series.GetLabel() {
			if label.GetName() == "step" && label.GetValue() == string(roundVerified) {
				return series
			}
		}
	}
	return nil
}

// What waits is known from the last look at the journal, and grows older without another one.
func TestOutboxAge(t *testing.T) {
	t.Parallel()
	at := time.Unix(1000, 0)
	for _, c := range []struct {
		outbox *outbox
		size   int
		age    time.Duration
	}{
		{nil, 0, 0},
		{&outbox{0, time.Time{}}, 0, 0},
		{&outbox{3, at.Add(-time.Minute)}, 3, time.Minute},
		{&outbox{3, at.Add(time.Minute)}, 3, 0}, // the clock was set back
	} {
		if c.outbox.size() != c.size || c.outbox.age(at) != c.age {
			t.Errorf("%+v: %d for %s, want %d for %s", c.outbox, c.outbox.size(), c.outbox.age(at), c.size, c.age)
		}
	}
}
