package test_test

import (
	"context"
	"os"
	"strconv"
	"testing"
	"time"

	pb "github.com/libp2p/go-libp2p-pubsub/pb"
	"github.com/libp2p/go-libp2p/core/peer"
)

const (
	// floodRate is how many messages a second a flooder sends to each node.
	floodRate = 10_000
	// floodFrame is how many of them it puts into a frame.
	floodFrame = 100
	// shortFlood is how long a flood lasts where TEST_FLOODSECONDS does not say it.
	shortFlood = 5 * time.Second
	// floodCutBound is how soon a flooder must be cut.
	floodCutBound = 3 * time.Second
	// floodMemory is by how much a flood may let the memory of a whole cluster grow.
	floodMemory = 64 << 20
	// retryGap is how long a flooder that was cut waits before it comes again.
	retryGap = 2 * time.Second
)

// floodTime returns how long floods last.
func floodTime(t *testing.T) time.Duration {
	t.Helper()
	text := os.Getenv("TEST_FLOODSECONDS")
	if text == "" {
		return shortFlood
	}
	seconds, err := strconv.Atoi(text)
	if err != nil || seconds < 1 || seconds > 600 {
		t.Fatalf("TEST_FLOODSECONDS=%q, want 1 to 600", text)
	}
	return time.Duration(seconds) * time.Second
}

// flood is what one node was sent.
type flood struct {
	sent, refused int       // messages, and attempts to come again
	cut           time.Time // when the node first cut the flooder; zero: never
}

// flood sends floodRate messages a second to a node for some time, and comes again whenever it is cut.
func (x *hostile) flood(ctx context.Context, to peer.AddrInfo, lasting time.Duration, frame func(i int) *pb.RPC) (f flood) {
	x.fire()
	ctx, cancel := context.WithTimeout(ctx, lasting)
	defer cancel()
	ticker := time.NewTicker(time.Second * floodFrame / floodRate)
	defer ticker.Stop()
	for back := time.Now(); ; {
		select {
		case <-ctx.Done():
			return f
		case <-ticker.C:
		}
		if time.Now().Before(back) {
			continue
		}
		if x.say(to.ID, frame(f.sent)) == nil && x.connected(to.ID) {
			f.sent += floodFrame
			continue
		}
		if f.cut.IsZero() {
			f.cut = time.Now()
		}
		if err := x.reach(ctx, to); err != nil {
			f.refused++
		}
		back = time.Now().Add(retryGap)
	}
}
