package node

import (
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/gossip-price/gossip-price/consensus"
)

// vitality is a collector of what the heartbeats tell.
type vitality struct {
	pulse *pulse

	heard, offset, findings *prometheus.Desc
}

func newVitality(p *pulse) *vitality {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("gossip_price_"+name, help, labels, nil)
	}
	return &vitality{
		pulse: p,
		heard: desc("members_heard", "Other members whose clocks were compared with this node's by their last heartbeats."),
		offset: desc("clock_offset_seconds",
			"This node's clock less the median of the others', as their heartbeats show it: positive when it is ahead; 0 while too few are heard."),
		findings: desc("findings", "What is wrong with the network, as this node sees it, by kind (docs/protocol.md, section 3.10).", "kind"),
	}
}

// Describe implements prometheus.Collector.
func (v *vitality) Describe(out chan<- *prometheus.Desc) { prometheus.DescribeByCollect(v, out) }

// Collect implements prometheus.Collector.
func (v *vitality) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	reading, offset := v.pulse.clock.last(), time.Duration(0)
	if reading.Known() {
		offset = -reading.Offset
	}
	gauge(v.heard, float64(reading.Clocks))
	gauge(v.offset, offset.Seconds())
	counts := make(map[consensus.Trouble]int)
	for _, a := range v.pulse.troubles() {
		counts[a.Trouble]++
	}
	for _, kind := range consensus.Troubles() {
		gauge(v.findings, float64(counts[kind]), strings.NewReplacer(" ", "_", "-", "_").Replace(string(kind)))
	}
}
