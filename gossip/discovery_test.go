package gossip_test

import (
	"testing"

	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/multiformats/go-multiaddr"

	"github.com/gossip-price/gossip-price/gossip"
)

func via(n *node) gossip.Config {
	return gossip.Config{Bootstrap: []peer.AddrInfo{n.info()}}
}

func TestNodesThatKnowOnlyTheBootstrapFindEachOther(t *testing.T) {
	t.Parallel()
	boot := startBare(t, gossip.HostConfig{}, gossip.Config{})
	var nodes []*node
	for range 4 {
		nodes = append(nodes, start(t, gossip.HostConfig{}, via(boot)))
	}
	eventually(t, "full mesh", meshed(nodes...))
	nodes[0].publish(t, "hello")
	eventually(t, "delivery", all("hello", nodes[1:]...))
	if got := nodes[0].inbox.count("hello"); got != 0 {
		t.Errorf("the publisher validated its own message %d times", got)
	}
	eventually(t, "members with addresses", func() bool { return len(nodes[0].Peers()) == 4 })
	for _, p := range nodes[0].Peers() {
		if len(p.Addrs) == 0 {
			t.Errorf("%s has no address", p.ID)
		}
	}
}

func TestNodeThatStartedBeforeTheBootstrapJoins(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	reserve := startBare(t, gossip.HostConfig{Key: key}, gossip.Config{})
	addr := reserve.info()
	reserve.stop()

	a := start(t, gossip.HostConfig{}, gossip.Config{Bootstrap: []peer.AddrInfo{addr}})
	b := start(t, gossip.HostConfig{}, gossip.Config{Bootstrap: []peer.AddrInfo{addr}})
	startBare(t, gossip.HostConfig{Key: key, Listen: addr.Addrs}, gossip.Config{Bootstrap: []peer.AddrInfo{addr}})
	eventually(t, "mesh of the early ones", meshed(a, b))
}

func TestBootstrapRestarts(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	boot := startBare(t, gossip.HostConfig{Key: key}, gossip.Config{})
	cfg, listen := via(boot), boot.host.Addrs()
	a, b := start(t, gossip.HostConfig{}, cfg), start(t, gossip.HostConfig{}, cfg)
	eventually(t, "mesh", meshed(a, b))

	boot.stop()
	eventually(t, "loss of the bootstrap", func() bool { return len(a.Peers()) == 1 && len(b.Peers()) == 1 })
	a.publish(t, "without bootstrap")
	eventually(t, "delivery without it", all("without bootstrap", b))

	boot = startBare(t, gossip.HostConfig{Key: key, Listen: listen}, gossip.Config{})
	eventually(t, "bootstrap found again", func() bool { return len(boot.Peers()) == 2 })
	c := start(t, gossip.HostConfig{}, cfg)
	eventually(t, "newcomer by the new bootstrap", meshed(a, b, c))
}

func TestKnownPeersDoWithoutBootstrap(t *testing.T) {
	t.Parallel()
	a := start(t, gossip.HostConfig{}, gossip.Config{})
	dead := peer.AddrInfo{ID: idOf(t, newKey(t)), Addrs: []multiaddr.Multiaddr{multiaddr.StringCast("/ip4/127.0.0.1/tcp/1")}}
	b := start(t, gossip.HostConfig{}, gossip.Config{Bootstrap: []peer.AddrInfo{dead}, Known: []peer.AddrInfo{a.info()}})
	eventually(t, "mesh", meshed(a, b))

	key := newKey(t)
	c := start(t, gossip.HostConfig{Key: key}, gossip.Config{Known: a.Peers()})
	eventually(t, "mesh by the peers of another", meshed(a, b, c))
	listen := c.host.Addrs()
	c.stop()
	eventually(t, "loss", meshed(a, b))
	c = start(t, gossip.HostConfig{Key: key, Listen: listen}, gossip.Config{})
	eventually(t, "a lost peer is dialled again", meshed(a, b, c))
}

func TestNetworksOnOneBootstrapDoNotMix(t *testing.T) {
	t.Parallel()
	boot := startBare(t, gossip.HostConfig{}, gossip.Config{})
	red, blue := via(boot), via(boot)
	blue.Network = "blue"
	a, b := start(t, gossip.HostConfig{}, red), start(t, gossip.HostConfig{}, red)
	x, y := start(t, gossip.HostConfig{}, blue), start(t, gossip.HostConfig{}, blue)
	// Even a direct connection makes no members of them.
	if err := x.host.Connect(t.Context(), a.info()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "mesh of red", meshed(a, b))
	if err := x.host.Connect(t.Context(), y.info()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "mesh of blue", meshed(x, y))
	a.publish(t, "red")
	x.publish(t, "blue")
	eventually(t, "red", all("red", b))
	eventually(t, "blue", all("blue", y))
	if n := b.inbox.count("blue") + a.inbox.count("blue") + x.inbox.count("red") + y.inbox.count("red"); n != 0 {
		t.Errorf("%d messages crossed", n)
	}
	for _, p := range append(a.Peers(), b.Peers()...) {
		if p.ID == x.host.ID() || p.ID == y.host.ID() {
			t.Errorf("%s of the other network counts as a member", p.ID)
		}
	}
	if n := len(boot.Peers()); n != 2 {
		t.Errorf("bootstrap has %d members, want 2", n)
	}
}

func TestNewRefusesWrongConfig(t *testing.T) {
	t.Parallel()
	h, err := gossip.NewHost(gossip.HostConfig{Key: newKey(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	ok := (&inbox{}).topic()[0]
	for name, cfg := range map[string]gossip.Config{
		"no name":      {},
		"no topic":     {Network: "test", Topics: []gossip.TopicConfig{{MaxBytes: 1, Validate: ok.Validate}}},
		"no limit":     {Network: "test", Topics: []gossip.TopicConfig{{Name: "a", Validate: ok.Validate}}},
		"no validator": {Network: "test", Topics: []gossip.TopicConfig{{Name: "a", MaxBytes: 1}}},
		"no period": {Network: "test", Topics: []gossip.TopicConfig{
			{Name: "a", MaxBytes: 1, Validate: (&inbox{}).validate, Cadence: gossip.Cadence{Messages: 1}},
		}},
		"twice": {Network: "test", Topics: []gossip.TopicConfig{ok, ok}},
	} {
		if _, err := gossip.New(h, cfg); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
