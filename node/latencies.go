package node

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// latencies are how long the steps of prices take on this node.
type latencies struct{ fetch, quorum, store latency }

func newLatencies(registerer prometheus.Registerer) latencies {
	return latencies{
		fetch: newLatency(registerer, "gossip_price_fetch_seconds",
			"From the request for a price to its answer, tries and waits included; of fetches that brought one.",
			// a good source, a slow one, and one that has to be asked again
			.05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120),
		quorum: newLatency(registerer, "gossip_price_quorum_seconds",
			"From when this node first had a price to the last signature of its quorum.",
			// two deliveries between neighbours or around the world, and what stages of co-signing add (docs/performance.md)
			.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60),
		store: newLatency(registerer, "gossip_price_store_seconds",
			"From a price's last signature to when this node knew its row to be in the price store.",
			// the settle period and a flush window or some, and a store that is away
			5, 10, 20, 30, 45, 60, 90, 120, 180, 300, 600, 3600, 6*3600, 24*3600),
	}
}

type latency struct{ histogram prometheus.Histogram }

func newLatency(registerer prometheus.Registerer, name, help string, bounds ...float64) latency {
	return latency{promauto.With(registerer).NewHistogram(prometheus.HistogramOpts{Name: name, Help: help, Buckets: bounds})}
}

// note takes in one; none is negative, also when the clock was set back meanwhile.
func (l latency) note(took time.Duration) { l.histogram.Observe(max(0, took).Seconds()) }
