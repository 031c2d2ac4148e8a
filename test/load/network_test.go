package load_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/multiformats/go-multiaddr"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node"
)

const (
	// nodes are those of the network; all of them propose.
	nodes = 5
	// quorum is the default one.
	quorum = 3
)

// settings are those of a network with so many pairs and the shortest round that there is.
func settings(databaseURL string, pairs int) config.Config {
	cfg := config.Config{
		Network:            "load",
		DatabaseURL:        databaseURL,
		ConnectionAddr:     []multiaddr.Multiaddr{multiaddr.StringCast("/ip4/127.0.0.1/tcp/0")},
		MinimumSignerCount: quorum,
		Proposers:          16,
		FetchPriceInterval: time.Second,
		PriceFreshness:     time.Second,
		MaxDeviation:       10_000, // 1 %
		SettlePeriod:       time.Second,
		// All prices of a round come at once here. A tenth of the round, which the measured delay may be at most, is less than two
		// cores need for them, and then nodes that nobody needs sign too.
		StageDelay:    500 * time.Millisecond,
		FlushInterval: time.Second,
		ClockSkew:     5 * time.Second,
	}
	for i := range pairs {
		cfg.Pairs = append(cfg.Pairs, price.Pair(fmt.Sprintf("P%d-USD", i)))
	}
	return cfg
}

// network is a running one.
type network struct {
	nodes []*node.Node
	stop  context.CancelFunc
	ended []chan error
}

// start starts a bootstrap node and the nodes, on TCP and with journals on the disk, and waits until they see each
// other.
func start(t *testing.T, cfg config.Config, market *market, told *tally) *network {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
	keys := make([]signing.Key, nodes+1)
	for i := range keys {
		var err error
		if keys[i], err = signing.GenerateKey(); err != nil {
			t.Fatal(err)
		}
		if i < nodes {
			cfg.Signers = append(cfg.Signers, keys[i].Address())
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	n := &network{stop: cancel}
	boot := cfg
	boot.Bootstrap, boot.PrivateKey = true, keys[nodes]
	b, err := node.NewBootstrap(boot, node.Parts{Log: log})
	if err != nil {
		t.Fatal(err)
	}
	n.run(ctx, b.Run)
	cfg.BootstrapAddr = []peer.AddrInfo{{ID: b.Host().ID(), Addrs: b.Host().Addrs()}}
	folder := t.TempDir()
	for i, key := range keys[:nodes] {
		own := cfg
		own.PrivateKey, own.DataDir = key, filepath.Join(folder, fmt.Sprint("node", i+1))
		one, err := node.New(t.Context(), own, node.Parts{Log: log, Now: time.Now, Source: market, Observe: told.take})
		if err != nil {
			t.Fatal(err)
		}
		n.nodes = append(n.nodes, one)
		n.run(ctx, one.Run)
	}
	return n
}

func (n *network) run(ctx context.Context, f func(context.Context) error) {
	ended := make(chan error, 1)
	n.ended = append(n.ended, ended)
	go func() { ended <- f(ctx) }()
}

// meshed tells whether every node has all others as peers of its topic.
func (n *network) meshed() bool {
	for _, one := range n.nodes {
		if one.Peers() < nodes-1 {
			return false
		}
	}
	return true
}

// end stops all nodes.
func (n *network) end(t *testing.T) {
	t.Helper()
	n.stop()
	for _, ended := range n.ended {
		if err := <-ended; err != nil {
			t.Errorf("stop: %v", err)
		}
	}
}

// await waits for a condition.
func await(t *testing.T, patience time.Duration, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(patience); !ok(); {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("not in %v: %s", patience, what)
		}
	}
}
