package test_test

import (
	"context"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	manet "github.com/multiformats/go-multiaddr/net"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/node"
)

const (
	// halfOpen is how many connections are begun and never finished, to each of two nodes.
	halfOpen = 100
	// drip is how long they wait between two bytes.
	drip = 200 * time.Millisecond
	// hugeMessage is what an announced message has, ten thousand times what a node takes.
	hugeMessage = 1 << 30
)

// Connections that never come to their handshake, a peer that sends a message byte by byte, and messages that are larger
// than any node takes: the rounds go on, a newcomer gets in, and who sends too much loses its stream.
func TestHostileConnections(t *testing.T) {
	t.Parallel()
	v := newVillage(t, 5)
	slow, huge := outsider(t, strangerHost), outsider(t, strangerHost+1)
	v.cfg.AllowedPeers = []peer.ID{slow.ID(), huge.ID()}
	v.open()
	calm := v.wholeRounds(2, 4)
	ctx, over := context.WithCancel(t.Context())
	var all sync.WaitGroup
	defer all.Wait()
	defer over()
	for i := range 2 * halfOpen {
		all.Go(func() { dribble(ctx, t, v.nodes[i%2]) })
	}
	x, y := newHostile(slow, v.cfg.Network), newHostile(huge, v.cfg.Network)
	defer x.close(t)
	defer y.close(t)
	victim := v.nodes[0].Host()
	for _, h := range []*hostile{x, y} {
		if err := h.reach(ctx, infoOf(victim)); err != nil {
			t.Fatal(err)
		}
	}
	all.Go(func() {
		for frame := protowire.AppendVarint(nil, 90_000); x.raw(victim.ID(), frame[:1]) == nil && global.Wait(ctx, drip); {
			frame = append(frame[1:], 0)
		}
	})
	heap := heapInUse()
	sent := 0
	for chunk := protowire.AppendVarint(nil, hugeMessage); sent < hugeMessage; chunk = make([]byte, 1<<20) {
		if y.raw(victim.ID(), chunk) != nil {
			break
		}
		sent += len(chunk)
	}
	if sent >= hugeMessage/16 {
		t.Errorf("a node read %d MiB of one message", sent>>20)
	}
	grown := int64(heapInUse()) - int64(heap)
	began := time.Now()
	v.add()
	eventually(t, socketPatience, "a newcomer is in", func() bool { return v.nodes[4].Peers() >= 4 })
	joined := time.Since(began)
	under := v.wholeRounds(2, 5)
	v.attacked(calm, under, fmt.Sprintf("%d half-open connections, %d KiB of a huge message taken, heap %+d KiB, a newcomer in within %v",
		2*halfOpen, sent>>10, grown>>10, joined.Round(time.Millisecond)))
}

// dribble begins a handshake with a node, a byte now and then, and begins anew when the node gives up.
func dribble(ctx context.Context, t *testing.T, n *node.Node) {
	t.Helper()
	address, err := manet.ToNetAddr(n.Host().Addrs()[0])
	if err != nil {
		t.Error(err)
		return
	}
	const hello = "\x13/multistream/1.0.0\n\x07/noise\n"
	for ctx.Err() == nil {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", address.String())
		if err != nil {
			return
		}
		for i := 0; global.Wait(ctx, drip); i++ {
			if _, err := conn.Write([]byte{hello[i%len(hello)]}); err != nil {
				break
			}
		}
		_ = conn.Close()
	}
}
