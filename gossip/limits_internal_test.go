package gossip

import (
	"testing"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	"github.com/multiformats/go-multiaddr"
)

// TestAThousandNodesBehindOneAddress opens what 1000 nodes at one address would: a connection each, with two streams of
// one protocol.
func TestAThousandNodesBehindOneAddress(t *testing.T) {
	t.Parallel()
	for name, addr := range map[string]string{
		"ip4 tcp": "/ip4/10.1.2.3/tcp/8000", "ip6 tcp": "/ip6/2001:db8::1/tcp/8000", "ip4 quic": "/ip4/10.1.2.3/udp/8000/quic-v1",
	} {
		m, err := newResourceManager(false)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 1000 {
			conn, err := m.OpenConnection(network.DirInbound, true, multiaddr.StringCast(addr))
			if err != nil {
				t.Fatalf("%s: connection %d: %v", name, i, err)
			}
			id := someone(i).ID
			if err := conn.SetPeer(id); err != nil {
				t.Fatalf("%s: peer %d: %v", name, i, err)
			}
			for _, dir := range []network.Direction{network.DirInbound, network.DirOutbound} {
				openStream(t, m, id, dir)
			}
		}
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	}
}

func openStream(t *testing.T, m network.ResourceManager, id peer.ID, dir network.Direction) {
	t.Helper()
	s, err := m.OpenStream(id, dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SetProtocol(protocol.ID("/gossip-price/test" + meshSuffix)); err != nil {
		t.Fatal(err)
	}
	// What yamux reserves for a stream before any byte.
	if err := s.ReserveMemory(256<<10, network.ReservationPriorityAlways); err != nil {
		t.Fatal(err)
	}
}

func TestConnectionsAreBounded(t *testing.T) {
	t.Parallel()
	m, err := newResourceManager(false)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	addr := multiaddr.StringCast("/ip4/127.0.0.1/tcp/8000")
	for i := range 4 * maxConns {
		conn, err := m.OpenConnection(network.DirInbound, true, addr)
		if err == nil {
			err = conn.SetPeer(someone(i).ID)
		}
		if err != nil {
			if i < maxPerAddress {
				t.Errorf("refused after %d: %v", i, err)
			}
			return
		}
	}
	t.Error("no bound")
}

// Whoever holds as many unfinished handshakes as one address may open leaves room for those of others.
func TestOneAddressCannotHoldAllHandshakes(t *testing.T) {
	t.Parallel()
	m, err := newResourceManager(false)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	opened := 0
	for opened < 2*maxHandshakes {
		if _, err := m.OpenConnection(network.DirInbound, true, multiaddr.StringCast("/ip4/10.1.2.3/tcp/8000")); err != nil {
			break
		}
		opened++
	}
	const held = 15 * connRate // more of them until the library closes the first
	if opened < 1000 || opened+held > maxHandshakes {
		t.Errorf("one address opened %d at once, and %d later: of %d", opened, held, maxHandshakes)
	}
	if _, err := m.OpenConnection(network.DirInbound, true, multiaddr.StringCast("/ip4/10.1.2.4/tcp/8000")); err != nil {
		t.Errorf("another address: %v", err)
	}
}

func TestProtectedMembersAreBounded(t *testing.T) {
	t.Parallel()
	m, err := newConnManager(0)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	g := &guard{manager: m, held: make(map[peer.ID]struct{})}
	protected := func() (n int) {
		for i := range 2 * maxProtected {
			if m.IsProtected(someone(i).ID, protection) {
				n++
			}
		}
		return n
	}
	for i := range 2 * maxProtected {
		g.protect(someone(i).ID)
		g.protect(someone(i).ID)
	}
	if n := protected(); n != maxProtected {
		t.Errorf("%d are protected, want %d", n, maxProtected)
	}
	g.unprotect(someone(0).ID)
	g.unprotect(someone(0).ID)
	if n := protected(); n != maxProtected-1 {
		t.Errorf("%d are protected after one left", n)
	}
	g.protect(someone(2*maxProtected - 1).ID)
	if n := protected(); n != maxProtected {
		t.Errorf("%d are protected after another took the place", n)
	}
	g.release()
	if n := protected(); n != 0 {
		t.Errorf("%d are protected after release", n)
	}
}
