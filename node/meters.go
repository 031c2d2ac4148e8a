package node

import (
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/writing"
	"github.com/gossip-price/gossip-price/global/price"
)

// meters count what a node does (docs/metrics.md). Every series is there from the start, so that a rate never misses its
// first event.
type meters struct {
	reports  counters[consensus.Outcome]
	evidence counters[consensus.Outcome]
	beats    counters[consensus.Outcome]
	refusals counters[consensus.Refusal]
	steps    counters[Step]
	notices  counters[writing.Outcome]
	findings counters[writing.Kind]

	statements counters[statement]

	syncs                                         counters[syncResult]
	fetched, refusedCertificates, served, learned prometheus.Counter

	sources   counters[price.Cause]
	latencies latencies
	members   members
	progress  *progress

	registerer prometheus.Registerer
}

// statement is what a node asks of its price store at its turn.
type statement string

const (
	insertStatement statement = "insert"
	readStatement   statement = "read"
)

func statements() []statement { return []statement{insertStatement, readStatement} }

// newMeters registers the node's counters; nil keeps them to the node.
func newMeters(registerer prometheus.Registerer, p *consensus.Policy, flush time.Duration, now time.Time) *meters {
	if registerer == nil {
		registerer = prometheus.NewRegistry()
	}
	tellSettings(registerer, p, flush)
	return &meters{
		latencies: newLatencies(registerer),
		members:   newMembers(registerer, p.Roster),
		progress:  newProgress(registerer, p, now),
		sources: newCounters(registerer, "gossip_price_source_errors_total", "cause", price.Causes(),
			"Fetches that brought no price, after all tries, by cause."),
		registerer: registerer,
		reports: newCounters(registerer, "gossip_price_reports_total", "outcome", consensus.Outcomes(),
			"Reports that peers sent and that came to be validated, by what became of them (docs/protocol.md, section 3.4)."),
		evidence: newCounters(registerer, "gossip_price_evidence_total", "outcome", consensus.Outcomes(),
			"Proofs of fault that peers sent, by what became of them (docs/protocol.md, section 3.8)."),
		beats: newCounters(registerer, "gossip_price_heartbeats_total", "outcome", consensus.HeartbeatOutcomes(),
			"Heartbeats that peers sent, by what became of them (docs/protocol.md, section 3.10)."),
		refusals: newCounters(registerer, "gossip_price_refusals_total", "reason", consensus.Refusals(),
			"Prices that this node did not co-sign, by reason (docs/protocol.md, section 3.5)."),
		steps: newCounters(registerer, "gossip_price_steps_total", "step", steps(),
			"Steps of prices on this node, and convictions of proposers."),
		syncs: newCounters(registerer, "gossip_price_syncs_total", "result", syncResults(),
			"Comparisons of what this node and a peer hold (docs/protocol.md, section 3.11)."),
		fetched: newCounter(registerer, "gossip_price_sync_fetched_total",
			"Certificates that this node had missed and got from others."),
		refusedCertificates: newCounter(registerer, "gossip_price_sync_unwanted_total",
			"Certificates of others that are none by this node's roster and quorum."),
		served:  newCounter(registerer, "gossip_price_sync_served_total", "Certificates given to nodes that had missed them."),
		learned: newCounter(registerer, "gossip_price_sync_live_total", "Live reports that others were asked for and that brought something new."),
		notices: newCounters(registerer, "gossip_price_notices_total", "outcome", writing.Outcomes(),
			"Notices and audits that peers sent, by what became of them (docs/protocol.md, section 3.9)."),
		findings: newCounters(registerer, "gossip_price_missed_rows_total", "kind", writing.Kinds(),
			"Rows that others announced and that this node did not find, or found false, in the price store."),
		statements: newCounters(registerer, "gossip_price_store_statements_total", "statement", statements(),
			"Statements by which this node wrote to the price store or read back from it."),
	}
}

// watch adds what the network counts, and what heartbeats tell.
func (m *meters) watch(n *Node) {
	m.registerer.MustRegister(newTraffic(n.network, n.topic, n.tree), newVitality(n), newPresence(n.pulse, &m.members))
}

// syncResult is how a comparison with a peer ended.
type syncResult string

// The results: nothing was missing, something was fetched, or the peer failed.
const (
	syncSame    syncResult = "same"
	syncFetched syncResult = "fetched"
	syncFailed  syncResult = "failed"
)

func syncResults() []syncResult { return []syncResult{syncSame, syncFetched, syncFailed} }

func newCounter(registerer prometheus.Registerer, name, help string) prometheus.Counter {
	return promauto.With(registerer).NewCounter(prometheus.CounterOpts{Name: name, Help: help})
}

// counters are one counter for each value of a closed list.
type counters[L ~string] map[L]prometheus.Counter

func newCounters[L ~string](registerer prometheus.Registerer, name, label string, values []L, help string) counters[L] {
	vec := promauto.With(registerer).NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, []string{label})
	c := make(counters[L], len(values))
	for _, v := range values {
		c[v] = vec.WithLabelValues(strings.ReplaceAll(string(v), " ", "_"))
	}
	return c
}
