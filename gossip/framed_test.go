package gossip_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/gossip-price/gossip-price/gossip"
)

// Many hostile peers, each within what it may send, send an honest node long messages that it ignores. Whatever gossip
// makes of them, the honest node's own neighbour has no reason to cut it.
func TestSimulatedFraming(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(w *world) {
		t := w.t
		ignore := func(context.Context, []byte) gossip.Verdict { return gossip.Ignore }
		topics := []gossip.TopicConfig{{
			Name: prices, MaxBytes: 4096, Validate: ignore, Cadence: gossip.Cadence{Messages: 10, Every: time.Second, Again: 2},
		}}
		framed := start(t, w.host(1), gossip.Config{Topics: topics})
		neighbour := w.host(2)
		neighbour.Allow = func(id peer.ID) bool { return id == framed.host.ID() }
		a := start(t, neighbour, gossip.Config{Topics: topics, Known: []peer.AddrInfo{framed.info()}})
		eventually(t, "meshed", func() bool { return a.Topic(prices).Peers() == 1 && framed.Topic(prices).Peers() == 1 })
		var villains []*villain
		for i := range 40 {
			villains = append(villains, newVillain(t, w.host(10+i), framed, false))
		}
		long := strings.Repeat("x", 1100)
		for second := range 10 {
			for i, v := range villains {
				for k := range 14 { // a second: 1.2 x 10 + 2
					if err := v.send(say(fmt.Sprintf("%d-%d-%d-%s", i, second, k, long))); err != nil {
						t.Fatal(err)
					}
				}
			}
			pass(time.Second)
		}
		got := framed.Counts()
		if got.Ignored != 40*14*10 || got.Cut > 0 {
			t.Errorf("nothing was tried: %+v", got)
		}
		if c := a.Counts(); c.Cut > 0 || a.Scores().Lowest < 0 || a.Topic(prices).Peers() != 1 {
			t.Errorf("the neighbour cut an honest node: %+v, %+v", c, a.Scores())
		}
	})
}
