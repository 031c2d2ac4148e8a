package node

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/gossip-price/gossip-price/node/api"
)

// checkMeter is a collector of a node's checks.
type checkMeter struct {
	checks func() []api.Check
	state  *prometheus.Desc
}

func newCheckMeter(checks func() []api.Check) *checkMeter {
	return &checkMeter{checks: checks, state: prometheus.NewDesc("gossip_price_check",
		"How a check of the node on itself ended: 0 is ok, 1 a warning, 2 failing (docs/operations.md).", []string{"name"}, nil)}
}

// Describe implements prometheus.Collector.
func (m *checkMeter) Describe(out chan<- *prometheus.Desc) { out <- m.state }

// Collect implements prometheus.Collector.
func (m *checkMeter) Collect(out chan<- prometheus.Metric) {
	for _, c := range m.checks() {
		value := map[api.CheckState]float64{api.CheckOK: 0, api.CheckWarning: 1, api.CheckFailing: 2}[c.State]
		out <- prometheus.MustNewConstMetric(m.state, prometheus.GaugeValue, value, c.Name)
	}
}
