package gossip_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/multiformats/go-multiaddr"

	"github.com/gossip-price/gossip-price/gossip"
)

const (
	// patience ends a wait on real sockets; a good run takes a tenth of it.
	patience = 20 * time.Second
	prices   = "/gossip-price/1/test/prices"
)

func newKey(t *testing.T) crypto.PrivKey {
	t.Helper()
	var secret [32]byte
	if _, err := rand.Read(secret[:]); err != nil {
		t.Fatal(err)
	}
	key, err := gossip.IdentityKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func idOf(t *testing.T, key crypto.PrivKey) peer.ID {
	t.Helper()
	id, err := peer.IDFromPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func loopback() []multiaddr.Multiaddr {
	return []multiaddr.Multiaddr{multiaddr.StringCast("/ip4/127.0.0.1/tcp/0")}
}

// inbox is a validator that keeps what it accepts; "bad" it rejects and "old" it ignores.
type inbox struct {
	mu  sync.Mutex
	got map[string]int
}

func (b *inbox) validate(_ context.Context, data []byte) gossip.Verdict {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.got == nil {
		b.got = make(map[string]int)
	}
	b.got[string(data)]++
	switch string(data) {
	case "bad":
		return gossip.Reject
	case "old":
		return gossip.Ignore
	default:
		return gossip.Accept
	}
}

func (b *inbox) count(data string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.got[data]
}

// node is a running host and network.
type node struct {
	*gossip.Network
	host  host.Host
	inbox *inbox
	stop  func()
}

func (n *node) info() peer.AddrInfo { return peer.AddrInfo{ID: n.host.ID(), Addrs: n.host.Addrs()} }

// topic is the topic prices with a small limit, into the inbox.
func (b *inbox) topic() []gossip.TopicConfig {
	return []gossip.TopicConfig{{Name: prices, MaxBytes: 1024, Validate: b.validate}}
}

// start runs a node until the test ends or stop is called. Fields that are not set get those of a node with the topic
// prices on a free port.
func start(t *testing.T, hc gossip.HostConfig, nc gossip.Config) *node {
	t.Helper()
	box := &inbox{}
	if nc.Topics == nil {
		nc.Topics = box.topic()
	}
	n := startBare(t, hc, nc)
	n.inbox = box
	return n
}

// startBare is start without a topic unless one is given: a bootstrap node.
func startBare(t *testing.T, hc gossip.HostConfig, nc gossip.Config) *node {
	t.Helper()
	if hc.Key == nil {
		hc.Key = newKey(t)
	}
	if hc.Listen == nil {
		hc.Listen = loopback()
	}
	if nc.Network == "" {
		nc.Network = "test"
	}
	if nc.Log == nil {
		nc.Log = slog.New(slog.NewTextHandler(t.Output(), nil)).With("node", idOf(t, hc.Key).ShortString())
	}
	h, err := gossip.NewHost(hc)
	if err != nil {
		t.Fatal(err)
	}
	if len(hc.Options) > 0 { // a simulated transport: this is a bubble
		synctest.Wait()
	}
	n, err := gossip.New(h, nc)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ran := make(chan error, 1)
	go func() { ran <- n.Run(ctx) }()
	stop := sync.OnceFunc(func() {
		cancel()
		if err := <-ran; err != nil {
			t.Errorf("run: %v", err)
		}
		if err := n.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		if err := h.Close(); err != nil {
			t.Errorf("close host: %v", err)
		}
	})
	t.Cleanup(stop)
	return &node{Network: n, host: h, stop: stop}
}

// eventually waits for a condition on the test's clock.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("not in %v: %s", patience, what)
		}
	}
}

func (n *node) publish(t *testing.T, data string) {
	t.Helper()
	if err := n.Topic(prices).Publish(t.Context(), []byte(data)); err != nil {
		t.Fatal(err)
	}
}

// meshed tells whether each of the nodes has all others in the topic.
func meshed(nodes ...*node) func() bool {
	return func() bool {
		for _, n := range nodes {
			if n.Topic(prices).Peers() != len(nodes)-1 {
				return false
			}
		}
		return true
	}
}

// all tells whether each of the nodes has got the message.
func all(data string, nodes ...*node) func() bool {
	return func() bool {
		for _, n := range nodes {
			if n.inbox.count(data) == 0 {
				return false
			}
		}
		return true
	}
}
