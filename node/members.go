package node

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

const (
	// maxMembers bounds the members that have series of their own. All of a larger roster count together, and so do the
	// signers of an open network, who are not known beforehand.
	maxMembers = 64
	// allMembers is the label of those that count together.
	allMembers = "all"
)

// members are the labels of members, with what was counted of each by the reports that came.
type members struct {
	labels                  map[signing.Address]string // nil: all count together
	proposals, cosignatures map[string]prometheus.Counter
}

func newMembers(registerer prometheus.Registerer, roster consensus.Roster) members {
	m := members{proposals: make(map[string]prometheus.Counter), cosignatures: make(map[string]prometheus.Counter)}
	labels := []string{allMembers}
	if size := roster.Size(); size > 0 && size <= maxMembers {
		m.labels, labels = make(map[signing.Address]string, size), nil
		for _, a := range roster.Places() {
			m.labels[a] = a.Short()
			labels = append(labels, m.labels[a])
		}
	}
	vec := func(name, help string) *prometheus.CounterVec {
		return promauto.With(registerer).NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, []string{"member"})
	}
	proposals := vec("gossip_price_member_proposals_total", "Prices that a member proposed and that came to this node.")
	cosignatures := vec("gossip_price_member_cosignatures_total", "Co-signatures of a member that came to this node.")
	for _, label := range labels { // two whose first four bytes are the same count together
		m.proposals[label], m.cosignatures[label] = proposals.WithLabelValues(label), cosignatures.WithLabelValues(label)
	}
	return m
}

// label returns that of a signer whose attestations count.
func (m *members) label(a signing.Address) string {
	if m.labels == nil {
		return allMembers
	}
	return m.labels[a]
}

// credit counts the signatures that a report brought.
func (m *members) credit(c *consensus.Change) {
	for _, a := range c.New {
		counters := m.cosignatures
		if a == c.Observation.Proposer {
			counters = m.proposals
		}
		counters[m.label(a)].Inc()
	}
}

// credit counts what a report brought, of peers or of this node itself.
func (n *Node) credit(c *consensus.Change) {
	n.meters.members.credit(c)
	if c.Quorum {
		n.meters.latencies.quorum.note(n.now().Sub(c.First))
	}
}
