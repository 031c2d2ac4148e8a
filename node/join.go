package node

import (
	"context"

	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/gossip-price/gossip-price/gossip"
)

// join starts the host, unless it was given, and joins the network's topics and, unless all peers were given, its DHT.
func (n *Node) join(ctx context.Context, peers []peer.AddrInfo, metrics prometheus.Registerer) error {
	known, err := n.knownPeers(ctx)
	if err != nil {
		return err
	}
	if n.host == nil {
		if n.host, err = newHost(n.cfg, n.key, metrics, n.log); err != nil {
			return err
		}
		n.closer.add(n.host.Close)
	}
	reports, evidence, heartbeats := n.topics()
	notices := n.noticesTopic()
	n.network, err = gossip.New(n.host, gossip.Config{
		Network:   n.cfg.Network,
		Bootstrap: n.cfg.BootstrapAddr,
		Known:     append(known, peers...),
		Static:    peers != nil,
		Topics:    []gossip.TopicConfig{reports, evidence, heartbeats, notices},
		Serve:     []gossip.ServeConfig{n.desk()},
		Log:       n.log,
	})
	if err != nil {
		return err
	}
	n.closer.add(n.network.Close)
	n.topic, n.evidence = n.network.Topic(reports.Name), n.network.Topic(evidence.Name)
	n.pulse.topic = n.network.Topic(heartbeats.Name)
	n.notices = n.network.Topic(notices.Name)
	n.meters.watch(n)
	n.meters.registerer.MustRegister(newCheckMeter(n.Checks))
	return nil
}
