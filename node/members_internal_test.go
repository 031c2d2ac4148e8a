package node

import (
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// However large the roster, and whoever signs in an open network, the series are bounded, and no signature is lost.
func TestMembersAreBounded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ members, labels int }{{0, 1}, {1, 1}, {4, 4}, {maxMembers, maxMembers}, {maxMembers + 1, 1}, {1000, 1}} {
		var signers []signing.Address
		for i := range c.members {
			signers = append(signers, signing.Address{byte(i >> 8), byte(i), 1})
		}
		registry := prometheus.NewRegistry()
		m := newMembers(registry, consensus.NewRoster(signers...))
		if c.members == 0 {
			signers = []signing.Address{{1}, {2}, {3}} // of an open network
		}
		for _, a := range signers {
			m.credit(&consensus.Change{New: signers, Observation: consensus.Observation{Proposer: a}})
		}
		families, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		if len(families) != 2 {
			t.Fatalf("%d families", len(families))
		}
		for i, want := range []int{len(signers) * (len(signers) - 1), len(signers)} { // co-signatures, proposals
			sum := 0.
			for _, series := range families[i].GetMetric() {
				sum += series.GetCounter().GetValue()
			}
			if n := len(families[i].GetMetric()); n != c.labels || sum != float64(want) {
				t.Errorf("%d members: %s has %d series with a sum of %v, want %d with %d", c.members, families[i].GetName(), n, sum, c.labels, want)
			}
		}
	}
}

// Members whose short addresses are the same count together.
func TestMembersOfOneLabel(t *testing.T) {
	t.Parallel()
	twins := []signing.Address{{1, 2, 3, 4, 5}, {1, 2, 3, 4, 6}}
	registry := prometheus.NewRegistry()
	m := newMembers(registry, consensus.NewRoster(twins...))
	p := &pulse{}
	registry.MustRegister(newPresence(p, &m))
	p.seen = []consensus.Member{
		{Address: twins[0], Silent: true, Timed: true, Offset: time.Second},
		{Address: twins[1], Silent: true, Timed: true, Offset: -3 * time.Second},
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	values := make(map[string]float64)
	for _, f := range families {
		values[f.GetName()] = f.GetMetric()[0].GetGauge().GetValue()
		if len(f.GetMetric()) != 1 {
			t.Errorf("%s has %d series", f.GetName(), len(f.GetMetric()))
		}
	}
	if values["gossip_price_member_silent"] != 2 || values["gossip_price_member_clock_offset_seconds"] != -3 {
		t.Errorf("silent %v, offset %v", values["gossip_price_member_silent"], values["gossip_price_member_clock_offset_seconds"])
	}
}
