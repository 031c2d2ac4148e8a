package node

import (
	"path"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/gossip-price/gossip-price/consensus/archive"
	"github.com/gossip-price/gossip-price/gossip"
)

// traffic is a collector of what the network counts itself.
type traffic struct {
	network *gossip.Network
	topic   *gossip.Topic
	tree    *archive.Tree

	received, ended, waiting, outbound, cut, banned, peers, mesh, lowest, negative, asks, archived *prometheus.Desc
}

func newTraffic(network *gossip.Network, topic *gossip.Topic, tree *archive.Tree) *traffic {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("gossip_price_"+name, help, labels, nil)
	}
	return &traffic{
		network: network, topic: topic, tree: tree,
		received: desc("messages_received_total", "Messages that peers sent, copies of the same one too."),
		ended:    desc("messages_total", "What became of the messages that peers sent: each ends in exactly one cause.", "cause"),
		waiting:  desc("messages_waiting", "Messages that wait for their validator."),
		outbound: desc("messages_unsent_total", "Sendings given up because the queue to a peer was full."),
		cut:      desc("peers_cut_total", "Peers that were cut for flooding, invalid messages or broken gossip promises."),
		banned:   desc("peers_banned", "Peers that are cut and not let in again yet."),
		peers:    desc("peers", "Connected peers that listen to prices."),
		mesh:     desc("mesh_peers", "Peers in the mesh of a topic, to which messages are passed on at once.", "topic"),
		negative: desc("peers_below_zero", "Peers whose score is below 0."),
		asks:     desc("requests_total", "Requests of peers for what they missed.", "result"),
		archived: desc("archive_certificates", "Certificates kept for nodes that miss them."),
		lowest:   desc("peer_score_lowest", "The lowest score of a peer: 0 is good, at -5 it is cut."),
	}
}

// Describe implements prometheus.Collector.
func (t *traffic) Describe(out chan<- *prometheus.Desc) { prometheus.DescribeByCollect(t, out) }

// Collect implements prometheus.Collector.
func (t *traffic) Collect(out chan<- prometheus.Metric) {
	send := func(d *prometheus.Desc, kind prometheus.ValueType, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, kind, value, labels...)
	}
	counts, scores := t.network.Counts(), t.network.Scores()
	send(t.received, prometheus.CounterValue, float64(counts.Received))
	for cause, n := range counts.Causes() {
		send(t.ended, prometheus.CounterValue, float64(n), cause)
	}
	send(t.asks, prometheus.CounterValue, float64(counts.AsksAnswered), "answered")
	send(t.asks, prometheus.CounterValue, float64(counts.AsksRefused), "refused")
	send(t.archived, prometheus.GaugeValue, float64(t.tree.Len()))
	send(t.waiting, prometheus.GaugeValue, float64(counts.Waiting))
	send(t.outbound, prometheus.CounterValue, float64(counts.Outbound))
	send(t.cut, prometheus.CounterValue, float64(counts.Cut))
	send(t.banned, prometheus.GaugeValue, float64(scores.Banned))
	send(t.peers, prometheus.GaugeValue, float64(t.topic.Peers()))
	for topic, n := range t.network.Meshes() {
		send(t.mesh, prometheus.GaugeValue, float64(n), path.Base(topic))
	}
	send(t.negative, prometheus.GaugeValue, float64(scores.Negative))
	send(t.lowest, prometheus.GaugeValue, scores.Lowest)
}
