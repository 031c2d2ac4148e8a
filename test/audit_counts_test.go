package test_test

import (
	"strings"

	"github.com/prometheus/client_golang/prometheus"
)

// checkCounts checks, after a node has stopped, that every message that it received ended in exactly one cause, and that
// every one that came to be validated ended in exactly one outcome.
func (c *cluster) checkCounts(s *seat) {
	c.t.Helper()
	sums := sumMetrics(c, s.metrics)
	if received, ended := sums["messages_received_total"], sums["messages_total"]; received != ended {
		c.t.Errorf("node%d received %v messages, but %v ended", s.number, received, ended)
	}
	validated := sums["messages_total ignored"] + sums["messages_total rejected"] + sums["messages_total accepted"]
	if outcomes := sums["reports_total"] + sums["evidence_total"] + sums["heartbeats_total"] + sums["notices_total"]; validated != outcomes {
		c.t.Errorf("node%d validated %v messages, with %v outcomes", s.number, validated, outcomes)
	}
	if waiting := sums["messages_waiting"]; waiting != 0 {
		c.t.Errorf("node%d: %v messages wait for ever", s.number, waiting)
	}
}

// sumMetrics returns the values of a registry: one for each metric, without its prefix, summed over its labels, and one
// for each series under "NAME LABEL".
func sumMetrics(c *cluster, registry *prometheus.Registry) map[string]float64 {
	c.t.Helper()
	families, err := registry.Gather()
	if err != nil {
		c.t.Fatal(err)
	}
	sums := make(map[string]float64)
	for _, family := range families {
		name := strings.TrimPrefix(family.GetName(), "gossip_price_")
		for _, m := range family.GetMetric() {
			value := m.GetCounter().GetValue() + m.GetGauge().GetValue()
			sums[name] += value
			for _, label := range m.GetLabel() {
				sums[name+" "+label.GetValue()] += value
			}
		}
	}
	return sums
}
