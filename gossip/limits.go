package gossip

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/libp2p/go-libp2p/core/connmgr"
	"github.com/libp2p/go-libp2p/core/network"
	rcmgr "github.com/libp2p/go-libp2p/p2p/host/resource-manager"
	basicconnmgr "github.com/libp2p/go-libp2p/p2p/net/connmgr"
	"github.com/libp2p/go-libp2p/x/rate"
)

// defaultMaxPeers is the number of connections above which the connection manager closes some, when HostConfig.MaxPeers
// is zero. Up to that size a network is a full mesh; beyond it a member has no use for more.
const defaultMaxPeers = 256

const (
	// youngConn is the age below which a connection is not trimmed: long enough for the topics to take notice of the
	// peer.
	youngConn = 30 * time.Second

	// maxPerAddress bounds the connections with one address: every one of 1000 nodes behind it, twice when both sides
	// dial at the same moment.
	maxPerAddress = 2048
	// maxConns bounds the connections of a host: those of two such addresses.
	maxConns = 2 * maxPerAddress
	// maxHandshakes bounds the connections whose peer is not proven yet. A restarted bootstrap node meets the whole
	// network at once; and one address alone, which holds each for the 15 s that the library gives it, must not fill
	// them: it gets connBurst and 15 s of connRate at most.
	maxHandshakes = 2048
	// maxStreams bounds all streams: identify, DHT and two of gossipsub a peer.
	maxStreams = 8 * maxConns
	// maxPeerStreams bounds the streams that one peer may open: ten times the few of identify, DHT and gossipsub.
	maxPeerStreams = 64
	// maxMemory bounds what the streams may reserve. It is bookkeeping, not use: yamux reserves a window of 256 KiB for
	// a stream before any byte.
	maxMemory = 4 << 30

	// connRate and connBurst bound the new connections that one address may open: a cluster behind one address starts
	// its nodes together. Loopback is exempt.
	connRate  = 32 // a second
	connBurst = 1024
	// rateMemory is how long an address without connections keeps its bucket.
	rateMemory = time.Minute
)

// newConnManager trims connections above peers; protected ones stay.
func newConnManager(peers int) (connmgr.ConnManager, error) {
	if peers == 0 {
		peers = defaultMaxPeers
	}
	low := peers * 3 / 4 // so that it does not trim at every arrival
	m, err := basicconnmgr.NewConnManager(low, peers, basicconnmgr.WithGracePeriod(youngConn))
	if err != nil {
		return nil, fmt.Errorf("make connection manager: %w", err)
	}
	return m, nil
}

// newResourceManager replaces the library's limits, which allow eight connections and one new one in five seconds an
// address, and fewer inbound connections on a small machine than a network has nodes. It counts what it grants if asked to.
func newResourceManager(counts bool) (network.ResourceManager, error) {
	conns, streams := rcmgr.LimitVal(maxConns), rcmgr.LimitVal(maxStreams)
	all := rcmgr.ResourceLimits{
		Conns: conns, ConnsInbound: conns, ConnsOutbound: conns, FD: conns,
		Streams: streams, StreamsInbound: streams, StreamsOutbound: streams, Memory: maxMemory,
	}
	young := all
	young.Conns, young.ConnsInbound, young.ConnsOutbound = maxHandshakes, maxHandshakes, maxHandshakes
	limits := rcmgr.PartialLimitConfig{
		System: all, Transient: young, ProtocolDefault: all, ServiceDefault: all,
		PeerDefault: rcmgr.ResourceLimits{StreamsInbound: maxPeerStreams},
	}

	options := []rcmgr.Option{
		rcmgr.WithLimitPerSubnet(
			[]rcmgr.ConnLimitPerSubnet{{PrefixLength: 32, ConnCount: maxPerAddress}},
			[]rcmgr.ConnLimitPerSubnet{{PrefixLength: 56, ConnCount: maxPerAddress}},
		),
		rcmgr.WithConnRateLimiters(connRateLimiter()),
	}
	if !counts {
		options = append(options, rcmgr.WithMetricsDisabled())
	}
	m, err := rcmgr.NewResourceManager(rcmgr.NewFixedLimiter(limits.Build(rcmgr.DefaultLimits.Scale(0, 0))), options...)
	if err != nil {
		return nil, fmt.Errorf("make resource manager: %w", err)
	}
	return m, nil
}

func connRateLimiter() *rate.Limiter {
	limit := rate.Limit{RPS: connRate, Burst: connBurst}
	return &rate.Limiter{
		NetworkPrefixLimits: []rate.PrefixLimit{
			{Prefix: netip.MustParsePrefix("127.0.0.0/8")},
			{Prefix: netip.MustParsePrefix("::1/128")},
		},
		SubnetRateLimiter: rate.SubnetLimiter{
			IPv4SubnetLimits: []rate.SubnetLimit{{PrefixLength: 32, Limit: limit}},
			IPv6SubnetLimits: []rate.SubnetLimit{{PrefixLength: 56, Limit: limit}},
			GracePeriod:      rateMemory,
		},
	}
}
