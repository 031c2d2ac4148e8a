package gossip

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/pnet"
	"github.com/libp2p/go-libp2p/p2p/muxer/yamux"
	"github.com/libp2p/go-libp2p/p2p/security/noise"
	libp2pquic "github.com/libp2p/go-libp2p/p2p/transport/quic"
	"github.com/libp2p/go-libp2p/p2p/transport/tcp"
	"github.com/multiformats/go-multiaddr"
	"github.com/prometheus/client_golang/prometheus"
)

// Errors of a wrong HostConfig, returned by NewHost.
var (
	// ErrNetworkKey says that a network key has not 32 bytes.
	ErrNetworkKey = errors.New("network key must have 32 bytes")
	// ErrPrivateTransport says that a network key is set and an address is not TCP: a private network has no QUIC.
	ErrPrivateTransport = errors.New("a network with a key takes TCP addresses only")
)

// networkKeyLen is the length of the pre-shared key of a private network (libp2p specification "Private Networks").
const networkKeyLen = 32

// HostConfig is what NewHost needs to make a host.
type HostConfig struct {
	// Key is the node's one secp256k1 key; IdentityKey makes it.
	Key crypto.PrivKey
	// Listen are the addresses to listen on: TCP, or QUIC without a NetworkKey.
	Listen []multiaddr.Multiaddr
	// External, if set, is announced to others instead of the addresses listened on: the outside of a container or of a
	// NAT.
	External []multiaddr.Multiaddr
	// NetworkKey makes the network private: 32 bytes without which not even the handshake succeeds. Nil leaves it open.
	NetworkKey []byte
	// Allow tells whether a peer is a member. Others are neither dialled nor, once the handshake has proven who they
	// are, kept. It is called concurrently and must be quick. Nil lets everybody in who has a secp256k1 identity.
	Allow func(peer.ID) bool
	// MaxPeers is the number of connections above which some are closed; zero is 256. A bootstrap node takes more, at
	// most 1024: all nodes of its network.
	MaxPeers int
	// Metrics takes what libp2p counts of connections and streams (libp2p_swarm_, libp2p_rcmgr_); nil leaves it uncounted.
	Metrics prometheus.Registerer
	// Log gets the host's start; nil discards it.
	Log *slog.Logger
	// Options come last: simulated transports in tests.
	Options []libp2p.Option
}

// NewHost starts a libp2p host: TCP with noise and yamux, and QUIC if there is no network key. Relays, NAT traversal and
// address discovery are off: a member is where its operator says it is. It returns ErrKeyType,
// ErrNetworkKey or ErrPrivateTransport for a wrong configuration, and the library's error if it can't listen on each of
// the addresses. The caller closes the host.
func NewHost(cfg HostConfig) (host.Host, error) {
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("start host: %w", err)
	}
	resources, err := newResourceManager(cfg.Metrics != nil)
	if err != nil {
		return nil, fmt.Errorf("start host: %w", err)
	}
	conns, err := newConnManager(cfg.MaxPeers)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start host: %w", err), resources.Close())
	}
	bans := newBans()
	options := append(cfg.options(), libp2p.ConnectionGater(gater{allow: cfg.Allow, bans: bans}),
		libp2p.ResourceManager(resources), libp2p.ConnectionManager(conns))
	options = append(options, metrics(cfg.Metrics)...)
	h, err := libp2p.New(append(options, cfg.Options...)...)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start host: %w", err), conns.Close(), resources.Close())
	}
	// One by one, and only now: the library is content if one address of several works, and leaves goroutines behind if
	// none does.
	for _, a := range cfg.Listen {
		if err := h.Network().Listen(a); err != nil {
			return nil, errors.Join(fmt.Errorf("listen on %s: %w", a, err), h.Close())
		}
	}
	orDiscard(cfg.Log).LogAttrs(context.Background(), slog.LevelInfo, "host started",
		slog.String("peer", h.ID().String()), slog.Any("announced", h.Addrs()))
	return gatedHost{Host: h, bans: bans}, nil
}

// options are those that need nothing closed.
func (cfg HostConfig) options() []libp2p.Option {
	options := []libp2p.Option{
		libp2p.Identity(cfg.Key),
		libp2p.NoListenAddrs,
		libp2p.AddrsFactory(announce(cfg.External)),
		libp2p.UserAgent("gossip-price"),
		// Without this two nodes on one port would share its connections.
		libp2p.Transport(tcp.NewTCPTransport, tcp.DisableReuseport()),
		libp2p.Security(noise.ID, noise.New),
		libp2p.Muxer(yamux.ID, yamux.DefaultTransport),
		libp2p.DisableRelay(),
		libp2p.DisableMetrics(), // else they go to a registry of the whole process; see metrics
		libp2p.DisableIdentifyAddressDiscovery(),
		// Keeps the AutoNAT client from asking peers how they see this node.
		libp2p.ForceReachabilityPublic(),
		libp2p.Ping(false),
		// An hour without a peer would else end the dialling over UDP or IPv6.
		libp2p.UDPBlackHoleSuccessCounter(nil),
		libp2p.IPv6BlackHoleSuccessCounter(nil),
	}
	if cfg.NetworkKey != nil {
		return append(options, libp2p.PrivateNetwork(pnet.PSK(cfg.NetworkKey)))
	}
	return append(options, libp2p.Transport(libp2pquic.NewTransport))
}

func (cfg HostConfig) check() error {
	if cfg.Key == nil || cfg.Key.Type() != crypto.Secp256k1 {
		return ErrKeyType
	}
	if cfg.NetworkKey == nil {
		return nil
	}
	if len(cfg.NetworkKey) != networkKeyLen {
		return ErrNetworkKey
	}
	for _, a := range slices.Concat(cfg.Listen, cfg.External) {
		if _, err := a.ValueForProtocol(multiaddr.P_TCP); err != nil {
			return fmt.Errorf("%s: %w", a, ErrPrivateTransport)
		}
	}
	return nil
}

// orDiscard lets every logger of the package be nil.
func orDiscard(log *slog.Logger) *slog.Logger {
	if log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return log
}
