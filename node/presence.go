package node

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/gossip-price/gossip-price/consensus"
)

// presence is a collector of what members tell by their heartbeats, as the node saw it at its last look at the network.
type presence struct {
	pulse   *pulse
	members *members

	silent, offset, refusals *prometheus.Desc
}

func newPresence(p *pulse, m *members) *presence {
	desc := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc("gossip_price_member_"+name, help, []string{"member"}, nil)
	}
	return &presence{
		pulse: p, members: m,
		silent: desc("silent", "1 while a member is not heard of; of members that count together how many are not."),
		offset: desc("clock_offset_seconds", "A member's clock less this node's, when it was last heard of; of members that count together "+
			"the one that is furthest off."),
		refusals: desc("refusals_total", "Prices that a member did not co-sign since its start, by its own word."),
	}
}

// attendance is what is told under one label.
type attendance struct {
	silent   int
	offset   time.Duration
	refusals uint64
}

// note takes in a member.
func (a *attendance) note(m *consensus.Member) {
	if m.Silent {
		a.silent++
	}
	if m.Timed && m.Offset.Abs() > a.offset.Abs() {
		a.offset = m.Offset
	}
	a.refusals += m.Heartbeat.Details.Refusals
}

// Describe implements prometheus.Collector.
func (p *presence) Describe(out chan<- *prometheus.Desc) { prometheus.DescribeByCollect(p, out) }

// Collect implements prometheus.Collector.
func (p *presence) Collect(out chan<- prometheus.Metric) {
	told := make(map[string]*attendance, len(p.members.proposals))
	for label := range p.members.proposals {
		told[label] = &attendance{}
	}
	seen := p.pulse.lastSeen()
	for i := range seen {
		told[p.members.label(seen[i].Address)].note(&seen[i])
	}
	for label, a := range told {
		out <- prometheus.MustNewConstMetric(p.silent, prometheus.GaugeValue, float64(a.silent), label)
		out <- prometheus.MustNewConstMetric(p.offset, prometheus.GaugeValue, a.offset.Seconds(), label)
		out <- prometheus.MustNewConstMetric(p.refusals, prometheus.CounterValue, float64(a.refusals), label)
	}
}
