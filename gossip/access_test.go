package gossip_test

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/multiformats/go-multiaddr"

	"github.com/gossip-price/gossip-price/gossip"
)

// apart tells whether no connection is left between a and b. A refused dialler learns it a moment later than the
// refuser.
func apart(a, b host.Host) func() bool {
	return func() bool {
		return a.Network().Connectedness(b.ID()) != network.Connected &&
			b.Network().Connectedness(a.ID()) != network.Connected
	}
}

// tryConnect dials and waits until what comes of it has come.
func tryConnect(t *testing.T, from, to host.Host) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	err := from.Connect(ctx, peer.AddrInfo{ID: to.ID(), Addrs: to.Addrs()})
	t.Logf("connect: %v", err)
}

func TestStrangerCannotStay(t *testing.T) {
	t.Parallel()
	for name, addr := range map[string]string{
		"tcp": "/ip4/127.0.0.1/tcp/0", "quic": "/ip4/127.0.0.1/udp/0/quic-v1",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			listen := []multiaddr.Multiaddr{multiaddr.StringCast(addr)}
			friendKey := newKey(t)
			friendID := idOf(t, friendKey)
			allow := func(id peer.ID) bool { return id == friendID }
			closed := start(t, gossip.HostConfig{Listen: listen, Allow: allow}, gossip.Config{})

			// The stranger knows the closed node and dials it for ever; the closed node is told of the stranger and
			// must not dial it.
			stranger := start(t, gossip.HostConfig{Listen: listen}, gossip.Config{Known: []peer.AddrInfo{closed.info()}})
			tryConnect(t, stranger.host, closed.host)
			eventually(t, "refused inbound", apart(closed.host, stranger.host))
			tryConnect(t, closed.host, stranger.host)
			if !apart(closed.host, stranger.host)() {
				t.Error("the closed node dialled a stranger")
			}

			friend := start(t, gossip.HostConfig{Key: friendKey, Listen: listen}, gossip.Config{Known: []peer.AddrInfo{closed.info()}})
			eventually(t, "friend is let in", meshed(closed, friend))
			if n := len(closed.Peers()); n != 1 {
				t.Errorf("%d members, want the friend alone", n)
			}
			if n := len(stranger.Peers()); n != 0 {
				t.Errorf("the stranger believes in %d members", n)
			}
		})
	}
}

func TestOtherKeyTypeCannotStay(t *testing.T) {
	t.Parallel()
	n := startBare(t, gossip.HostConfig{}, gossip.Config{})
	other, err := libp2p.New(libp2p.ListenAddrs(loopback()...), libp2p.DisableMetrics()) // an Ed25519 identity
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	tryConnect(t, other, n.host)
	eventually(t, "refused", apart(n.host, other))
	tryConnect(t, n.host, other)
	if !apart(n.host, other)() {
		t.Error("dialled an Ed25519 identity")
	}
}

func TestNetworkKey(t *testing.T) {
	t.Parallel()
	key, wrong := make([]byte, 32), make([]byte, 32)
	key[0], wrong[0] = 1, 2
	a := start(t, gossip.HostConfig{NetworkKey: key}, gossip.Config{})
	b := start(t, gossip.HostConfig{NetworkKey: key}, gossip.Config{Known: []peer.AddrInfo{a.info()}})
	eventually(t, "mesh with the key", meshed(a, b))
	for name, bad := range map[string][]byte{"without": nil, "wrong": wrong} {
		h, err := gossip.NewHost(gossip.HostConfig{Key: newKey(t), Listen: loopback(), NetworkKey: bad})
		if err != nil {
			t.Fatal(err)
		}
		tryConnect(t, h, a.host)
		if !apart(a.host, h)() {
			t.Errorf("%s key: connected", name)
		}
		tryConnect(t, a.host, h)
		if !apart(a.host, h)() {
			t.Errorf("%s key: connected from inside", name)
		}
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	}
}

// Who dials with another key is told what the library's error may mean.
func TestWrongNetworkKeyIsTold(t *testing.T) {
	t.Parallel()
	a := start(t, gossip.HostConfig{NetworkKey: slices.Repeat([]byte{1}, 32)}, gossip.Config{})
	told := make(chan struct{}, 1)
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if strings.Contains(a.Value.String(), "have both sides the same network key?") {
			select {
			case told <- struct{}{}:
			default:
			}
		}
		return a
	}}))
	start(t, gossip.HostConfig{NetworkKey: slices.Repeat([]byte{2}, 32)}, gossip.Config{Bootstrap: []peer.AddrInfo{a.info()}, Log: log})
	select {
	case <-told:
	case <-time.After(20 * time.Second):
		t.Error("not told")
	}
}
