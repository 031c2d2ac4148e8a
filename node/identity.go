package node

import (
	"fmt"
	"log/slog"
	"slices"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/gossip"
)

// loadKey returns the node's key: from the settings, from the key file, or a new one where neither exists.
func loadKey(cfg config.Config, log *slog.Logger) (signing.Key, error) {
	if !cfg.PrivateKey.IsZero() {
		return cfg.PrivateKey, nil
	}
	if cfg.KeyFile != "" {
		return signing.LoadKey(cfg.KeyFile)
	}
	key, created, err := signing.LoadOrCreateKey(cfg.KeyPath())
	if created {
		log.Info("key made", "file", cfg.KeyPath(), "address", key)
	}
	return key, err
}

// PeerID returns the libp2p peer ID of a key: the same public key that the address stands for.
func PeerID(key signing.Key) (peer.ID, error) {
	identity, err := gossip.IdentityKey(key.Secret())
	if err != nil {
		return "", fmt.Errorf("derive peer ID: %w", err)
	}
	return peer.IDFromPrivateKey(identity)
}

// peerAddress returns the signer address that a peer ID stands for.
func peerAddress(id peer.ID) (signing.Address, error) {
	public, err := gossip.PublicKey(id)
	if err != nil {
		return signing.Address{}, err
	}
	return signing.PublicKeyAddress(public)
}

// admission tells whom the network lets in: the roster, the bootstrap nodes and the allowed peers; nil, everybody, when
// there is no roster.
func admission(cfg config.Config) func(peer.ID) bool {
	if len(cfg.Signers) == 0 {
		return nil
	}
	extra := slices.Clone(cfg.AllowedPeers)
	for _, info := range cfg.BootstrapAddr {
		extra = append(extra, info.ID)
	}
	return func(id peer.ID) bool {
		if slices.Contains(extra, id) {
			return true
		}
		address, err := peerAddress(id)
		return err == nil && slices.Contains(cfg.Signers, address)
	}
}

// NewProbe starts a host with the node's key that listens nowhere, to see whom the node reaches. No other process must run on the
// key meanwhile. Errors are those of libp2p. The caller closes it.
func NewProbe(cfg config.Config, key signing.Key) (host.Host, error) {
	cfg.ConnectionAddr = nil
	return newHost(cfg, key, nil, nil)
}

// newHost starts the libp2p host of a node of either kind; without metrics libp2p counts nothing.
func newHost(cfg config.Config, key signing.Key, metrics prometheus.Registerer, log *slog.Logger) (host.Host, error) {
	identity, err := gossip.IdentityKey(key.Secret())
	if err != nil {
		return nil, fmt.Errorf("make identity: %w", err)
	}
	peers := 0 // the default
	if cfg.Bootstrap {
		peers = global.MaxSigners // every node of the network
	}
	return gossip.NewHost(gossip.HostConfig{
		Key:        identity,
		Listen:     cfg.ConnectionAddr,
		External:   cfg.ExternalAddr,
		NetworkKey: cfg.NetworkKey,
		Allow:      admission(cfg),
		MaxPeers:   peers,
		Metrics:    metrics,
		Log:        log,
	})
}
