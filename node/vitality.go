package node

import (
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/gossip-price/gossip-price/consensus"
)

// vitality is a collector of how the node and its network are.
type vitality struct {
	node *Node

	ready, waiting, oldest, heard, offset, findings *prometheus.Desc
}

func newVitality(n *Node) *vitality {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("gossip_price_"+name, help, labels, nil)
	}
	return &vitality{
		node:    n,
		ready:   desc("ready", "1 while /readyz says so: prices can reach quorum and get stored."),
		waiting: desc("outbox_certificates", "Certificates that wait for the price store, as last looked at, every 10 s."),
		oldest:  desc("outbox_oldest_seconds", "Age of the last signature of the oldest of them; 0 if none waits."),
		heard:   desc("members_heard", "Other members whose clocks were compared with this node's by their last heartbeats."),
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
	ready, waiting := 0, v.node.outbox.Load()
	if len(v.node.Ready()) == 0 {
		ready = 1
	}
	gauge(v.ready, float64(ready))
	gauge(v.waiting, float64(waiting.size()))
	gauge(v.oldest, waiting.age(v.node.now()).Seconds())
	reading, offset := v.node.pulse.clock.last(), time.Duration(0)
	if reading.Known() {
		offset = -reading.Offset
	}
	gauge(v.heard, float64(reading.Clocks))
	gauge(v.offset, offset.Seconds())
	counts := make(map[consensus.Trouble]int)
	for _, a := range v.node.pulse.troubles() {
		counts[a.Trouble]++
	}
	for _, kind := range consensus.Troubles() {
		gauge(v.findings, float64(counts[kind]), strings.NewReplacer(" ", "_", "-", "_").Replace(string(kind)))
	}
}
