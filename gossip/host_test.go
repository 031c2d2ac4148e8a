package gossip_test

import (
	"crypto/rand"
	"errors"
	"slices"
	"testing"

	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/multiformats/go-multiaddr"
	manet "github.com/multiformats/go-multiaddr/net"

	"github.com/gossip-price/gossip-price/gossip"
)

func TestNewHostRefusesWrongConfig(t *testing.T) {
	t.Parallel()
	ed, _, err := crypto.GenerateEd25519Key(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	quic := []multiaddr.Multiaddr{multiaddr.StringCast("/ip4/127.0.0.1/udp/0/quic-v1")}
	key, secret := newKey(t), make([]byte, 32)
	for name, c := range map[string]struct {
		cfg  gossip.HostConfig
		want error
	}{
		"no key":           {gossip.HostConfig{}, gossip.ErrKeyType},
		"ed25519":          {gossip.HostConfig{Key: ed}, gossip.ErrKeyType},
		"short secret":     {gossip.HostConfig{Key: key, NetworkKey: secret[:31]}, gossip.ErrNetworkKey},
		"empty secret":     {gossip.HostConfig{Key: key, NetworkKey: []byte{}}, gossip.ErrNetworkKey},
		"private quic":     {gossip.HostConfig{Key: key, NetworkKey: secret, Listen: quic}, gossip.ErrPrivateTransport},
		"private external": {gossip.HostConfig{Key: key, NetworkKey: secret, External: quic}, gossip.ErrPrivateTransport},
	} {
		if h, err := gossip.NewHost(c.cfg); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
			if err == nil {
				h.Close()
			}
		}
	}
}

func TestHostThatCannotListenFails(t *testing.T) {
	t.Parallel()
	first := startBare(t, gossip.HostConfig{}, gossip.Config{})
	if h, err := gossip.NewHost(gossip.HostConfig{Key: newKey(t), Listen: first.host.Addrs()}); err == nil {
		h.Close()
		t.Error("two hosts on one port")
	}
}

func TestAnnouncedAddresses(t *testing.T) {
	t.Parallel()
	outside := []multiaddr.Multiaddr{multiaddr.StringCast("/dns4/oracle.example/tcp/8000")}
	h, err := gossip.NewHost(gossip.HostConfig{Key: newKey(t), Listen: loopback(), External: outside})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	if got := h.Addrs(); len(got) != 1 || !got[0].Equal(outside[0]) {
		t.Errorf("announced %v, want %v", got, outside)
	}

	every, err := gossip.NewHost(gossip.HostConfig{
		Key: newKey(t), Listen: []multiaddr.Multiaddr{multiaddr.StringCast("/ip4/0.0.0.0/tcp/0")},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer every.Close()
	got := every.Addrs()
	if len(got) > 1 && slices.ContainsFunc(got, manet.IsIPLoopback) {
		t.Errorf("announced loopback beside others: %v", got)
	}
	if len(got) == 0 {
		t.Error("announced nothing")
	}
}
