package gossip

import (
	"github.com/libp2p/go-libp2p"
	rcmgr "github.com/libp2p/go-libp2p/p2p/host/resource-manager"
	"github.com/libp2p/go-libp2p/p2p/net/swarm"
	"github.com/prometheus/client_golang/prometheus"
)

// metrics has libp2p count connections, dials, streams and what they reserve. Its other metrics, of address discovery and
// the like, are of parts that are off. libp2p counts all hosts of a process that count at all together.
func metrics(registerer prometheus.Registerer) []libp2p.Option {
	if registerer == nil {
		return nil
	}
	rcmgr.MustRegisterWith(registerer) // the resource manager counts for itself; see newResourceManager
	tracer := swarm.NewMetricsTracer(swarm.WithRegisterer(registerer))
	return []libp2p.Option{libp2p.SwarmOpts(swarm.WithMetricsTracer(tracer))}
}
