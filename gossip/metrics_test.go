package gossip_test

import (
	"testing"

	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/gossip-price/gossip-price/gossip"
)

// A host counts its connections where it is told to, or not at all; two hosts of a process may have a registry each.
func TestHostMetrics(t *testing.T) { //nolint:paralleltest // libp2p counts all hosts of the process together
	first, second := prometheus.NewRegistry(), prometheus.NewRegistry()
	opened := func(r *prometheus.Registry) (sum float64) {
		families, err := r.Gather()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range families {
			if f.GetName() == "libp2p_swarm_connections_opened_total" {
				for _, series := range f.GetMetric() {
					sum += series.GetCounter().GetValue()
				}
			}
		}
		return sum
	}
	connect := func(a, b gossip.HostConfig) {
		t.Helper()
		a.Key, a.Listen, b.Key, b.Listen = newKey(t), loopback(), newKey(t), loopback()
		from, err := gossip.NewHost(a)
		if err != nil {
			t.Fatal(err)
		}
		defer from.Close()
		to, err := gossip.NewHost(b)
		if err != nil {
			t.Fatal(err)
		}
		defer to.Close()
		if err := from.Connect(t.Context(), peer.AddrInfo{ID: to.ID(), Addrs: to.Addrs()}); err != nil {
			t.Fatal(err)
		}
	}
	connect(gossip.HostConfig{Metrics: first}, gossip.HostConfig{Metrics: second})
	if opened(first) < 1 || opened(second) < 1 {
		t.Errorf("%v connections opened, %v by the other registry", opened(first), opened(second))
	}
	before := opened(first)
	connect(gossip.HostConfig{}, gossip.HostConfig{})
	if after := opened(first); after != before {
		t.Errorf("%v connections opened, %v after those of hosts that count nothing", before, after)
	}
}
