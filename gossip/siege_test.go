package gossip_test

import (
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	manet "github.com/multiformats/go-multiaddr/net"

	"github.com/gossip-price/gossip-price/gossip"
)

// TestSlowDrip has 200 connections send a byte of a handshake each second. libp2p ends a handshake after 15 s and lets
// nobody choose, so this test takes as long.
func TestSlowDrip(t *testing.T) {
	t.Parallel()
	const drips, handshake = 200, 15 * time.Second
	victim := start(t, gossip.HostConfig{}, gossip.Config{})
	addr, err := manet.ToNetAddr(victim.host.Addrs()[0])
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	var ended sync.WaitGroup
	for range drips {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), addr.Network(), addr.String())
		if err != nil {
			t.Fatal(err)
		}
		if err := conn.SetDeadline(began.Add(handshake + patience)); err != nil {
			t.Fatal(err)
		}
		ended.Go(func() {
			defer conn.Close()
			io.Copy(io.Discard, conn) //nolint:errcheck // until the victim closes it
			if took := time.Since(began); took > handshake+patience/2 {
				t.Errorf("a connection was open for %v", took)
			}
		})
		ended.Go(func() { drip(conn) })
	}
	friend := start(t, gossip.HostConfig{}, gossip.Config{Known: []peer.AddrInfo{victim.info()}})
	eventually(t, "an honest peer beside 200 slow ones", meshed(victim, friend))
	t.Logf("an honest peer was in after %v", time.Since(began).Round(time.Millisecond))
	ended.Wait()
	t.Logf("the slow ones were out after %v", time.Since(began).Round(time.Millisecond))
	friend.publish(t, "still here")
	eventually(t, "delivery", all("still here", victim))
}

// drip writes the start of a handshake byte by byte, until the other side closes.
func drip(conn net.Conn) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for _, b := range []byte("\x13/multistream/1.0.0\n\x07/noise\n" + strings.Repeat("\x00", 60)) {
		if _, err := conn.Write([]byte{b}); err != nil {
			return
		}
		<-tick.C
	}
}

// TestManyIdentities has 50 strangers from one address besiege a closed node.
func TestManyIdentities(t *testing.T) {
	t.Parallel()
	friendKey := newKey(t)
	friendID := idOf(t, friendKey)
	closed := start(t, gossip.HostConfig{Allow: func(id peer.ID) bool { return id == friendID }}, gossip.Config{})
	var stayed atomic.Int32 // strangers beyond the handshake
	closed.host.Network().Notify(&network.NotifyBundle{ConnectedF: func(_ network.Network, c network.Conn) {
		if c.RemotePeer() != friendID {
			stayed.Add(1)
		}
	}})
	var strangers []host.Host
	for range 50 {
		h, err := gossip.NewHost(gossip.HostConfig{Key: newKey(t), Listen: loopback()})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { h.Close() })
		strangers = append(strangers, h)
	}
	var tried sync.WaitGroup
	for _, h := range strangers {
		tried.Go(func() { tryConnect(t, h, closed.host) })
	}
	friend := start(t, gossip.HostConfig{Key: friendKey}, gossip.Config{Known: []peer.AddrInfo{closed.info()}})
	eventually(t, "the friend among strangers", meshed(closed, friend))
	tried.Wait()
	for _, h := range strangers {
		eventually(t, "a stranger is out", apart(closed.host, h))
	}
	if n := stayed.Load(); n != 0 {
		t.Errorf("%d strangers had a connection beyond the handshake", n)
	}
}

// TestManyStreams opens thousands of streams.
func TestManyStreams(t *testing.T) {
	t.Parallel()
	const bound = 64
	victim := start(t, gossip.HostConfig{}, gossip.Config{})
	friend := start(t, gossip.HostConfig{}, gossip.Config{Known: []peer.AddrInfo{victim.info()}})
	eventually(t, "mesh", meshed(victim, friend))
	v := newVillain(t, gossip.HostConfig{Listen: loopback()}, victim, false)
	most := 0
	for i := range 3000 {
		if s, err := v.host.Network().NewStream(t.Context(), victim.host.ID()); err == nil {
			s.Write([]byte{1}) //nolint:errcheck // the victim may have refused it
		}
		if i%50 == 0 {
			most = max(most, inbound(victim.host, v.host.ID()))
		}
	}
	most = max(most, inbound(victim.host, v.host.ID()))
	if most == 0 || most > bound {
		t.Errorf("%d streams at once, want at most %d", most, bound)
	}
	friend.publish(t, "beside them")
	eventually(t, "delivery", all("beside them", victim))
}

// inbound counts the streams that a peer has opened.
func inbound(h host.Host, id peer.ID) (n int) {
	for _, c := range h.Network().ConnsToPeer(id) {
		for _, s := range c.GetStreams() {
			if s.Stat().Direction == network.DirInbound {
				n++
			}
		}
	}
	return n
}
