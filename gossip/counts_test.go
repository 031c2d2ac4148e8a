package gossip_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	pb "github.com/libp2p/go-libp2p-pubsub/pb"

	"github.com/gossip-price/gossip-price/gossip"
)

// TestSimulatedCounts has each message end where it should.
func TestSimulatedCounts(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(w *world) {
		t := w.t
		free := make(chan struct{})
		c := &clock{at: make(map[string]time.Time)}
		slow := func(ctx context.Context, data []byte) gossip.Verdict {
			if strings.HasPrefix(string(data), "slow") {
				<-free
			}
			return c.validate(ctx, data)
		}
		n := start(t, w.host(1), gossip.Config{Topics: []gossip.TopicConfig{{Name: prices, MaxBytes: 64, Validate: slow}}})
		v := newVillain(t, w.host(2), n, false)
		authored, foreign, none := say("authored"), say("a", "b"), "/none"
		authored.Publish[0].Seqno = []byte{1}
		foreign.Publish[0].Topic, foreign.Publish[1].Topic = &none, nil
		if err := v.send(say("one", "two", "one"), say("three", "old1"), say("two"), say("junk1", "old2"), authored, foreign,
			say(strings.Repeat("x", 65))); err != nil {
			t.Fatal(err)
		}
		pass(time.Second)
		want := gossip.Counts{Received: 12, Accepted: 3, Duplicate: 2, Ignored: 2, Rejected: 1, Authored: 1, Foreign: 2, Oversize: 1}
		if got := n.Counts(); got != want {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}

		// 1024 validators are all there are.
		if err := v.send(times(1100, func(i int) *pb.RPC { return say(fmt.Sprint("slow", i)) })...); err != nil {
			t.Fatal(err)
		}
		pass(time.Second)
		want.Received, want.Waiting, want.Throttled = want.Received+1100, 1024, 76
		if got := n.Counts(); got.Received != want.Received || got.Waiting != want.Waiting || got.Throttled+got.QueueFull != want.Throttled {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
		close(free)
		pass(time.Second)
		if got := n.Counts(); got.Waiting != 0 || got.Accepted != want.Accepted+1024 || total(got) != got.Received {
			t.Errorf("%d counted: %+v", total(got), got)
		}
	})
}
