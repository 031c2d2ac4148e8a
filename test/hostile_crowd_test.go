package test_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
)

// crowdSize is how many identities come from one host.
const crowdSize = 50

// crowdPause is how long each of them waits before it tries the next node.
const crowdPause = 10 * time.Second

// Fifty identities of one host besiege a closed network: none gets in, the rounds go on, and a member that starts
// meanwhile gets in at once.
func TestHostileCrowd(t *testing.T) {
	t.Parallel()
	v := newVillage(t, 5)
	v.open()
	calm := v.wholeRounds(2, 4)
	var inside, tries atomic.Int64
	var crowd sync.WaitGroup
	ctx, over := context.WithCancel(t.Context())
	defer crowd.Wait()
	defer over()
	nodes := slices.Clone(v.nodes)
	for i := range crowdSize {
		x := newHostile(outsider(t, bootstrapHost+1+byte(i)), v.cfg.Network)
		crowd.Go(func() {
			defer x.close(t)
			for turn := i; ; turn++ {
				n := nodes[turn%len(nodes)]
				tries.Add(1)
				if x.reach(ctx, infoOf(n.Host())) == nil && x.publish(n.Host().ID(), []byte("let me in")) == nil {
					for _, c := range n.Host().Network().ConnsToPeer(x.host.ID()) {
						if !c.IsClosed() && c.Stat().Direction == network.DirInbound {
							inside.Add(1)
						}
					}
				}
				select {
				case <-ctx.Done():
					return
				case <-time.After(crowdPause):
				}
			}
		})
	}
	began := time.Now()
	v.add()
	eventually(t, socketPatience, "the new member is in", func() bool { return v.nodes[4].Peers() == 4 })
	joined := time.Since(began)
	under := v.wholeRounds(2, 5)
	over()
	crowd.Wait()
	if inside.Load() > 0 {
		t.Errorf("%d connections of strangers got in", inside.Load())
	}
	v.attacked(calm, under, fmt.Sprintf("refused %d times, a member joined within %v", tries.Load(), joined.Round(time.Millisecond)))
}
