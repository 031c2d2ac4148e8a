package gossip_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/gossip"
)

// clock is a validator that keeps when it first accepted what. It rejects "junk..", and ignores "old.." and what it
// knows.
type clock struct {
	mu sync.Mutex
	at map[string]time.Time
}

func (c *clock) validate(_ context.Context, data []byte) gossip.Verdict {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := string(data)
	switch {
	case strings.HasPrefix(s, "junk"):
		return gossip.Reject
	case strings.HasPrefix(s, "old") || !c.at[s].IsZero():
		return gossip.Ignore
	}
	c.at[s] = time.Now()
	return gossip.Accept
}

func (c *clock) heard(data string) (time.Time, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, ok := c.at[data]
	return at, ok
}

// guild is some honest nodes that keep to a cadence.
type guild struct {
	nodes  []*node
	clocks []*clock
	said   int
	log    *syncBuffer
}

// calm is what a guild of four says: one message a second each.
var calm = gossip.Cadence{Messages: 20, Every: 5 * time.Second, Again: 4} //nolint:gochecknoglobals // a constant

func newGuild(w *world, cadence gossip.Cadence) *guild {
	w.t.Helper()
	g := &guild{log: &syncBuffer{}}
	boot := startBare(w.t, w.host(100), gossip.Config{})
	for i := range 4 {
		c := &clock{at: make(map[string]time.Time)}
		cfg := via(boot)
		cfg.Topics = []gossip.TopicConfig{{Name: prices, MaxBytes: 1024, Validate: c.validate, Cadence: cadence}}
		cfg.Log = slog.New(slog.NewTextHandler(g.log, nil))
		g.nodes = append(g.nodes, start(w.t, w.host(i+1), cfg))
		g.clocks = append(g.clocks, c)
	}
	eventually(w.t, "full mesh", meshed(g.nodes...))
	pass(3 * time.Second) // the mesh forms at the heartbeat
	return g
}

// talk has every node publish once a second, and returns the longest time that a message took to a node.
func (g *guild) talk(t *testing.T, seconds int) time.Duration {
	t.Helper()
	worst := time.Duration(0)
	for range seconds {
		began := time.Now()
		first := g.said
		for i, n := range g.nodes {
			data := fmt.Sprint("honest", g.said)
			g.clocks[i].validate(t.Context(), []byte(data)) // its own
			n.publish(t, data)
			g.said++
		}
		pass(time.Second)
		for k := range g.nodes {
			for i, c := range g.clocks {
				at, ok := c.heard(fmt.Sprint("honest", first+k))
				if !ok {
					t.Errorf("message %d did not reach node %d in a second", first+k, i)
				}
				worst = max(worst, at.Sub(began))
			}
		}
	}
	return worst
}

// calmly checks that no honest node was limited, punished or cut.
func (g *guild) calmly(t *testing.T, cuts uint64) {
	t.Helper()
	for i, n := range g.nodes {
		want := uint64(0)
		if i == 0 { // the victim
			want = cuts
		}
		if c := n.Counts(); c.Cut != want || i > 0 && c.Limited+c.Refused > 0 {
			t.Errorf("node %d: %+v", i, c)
		}
		if s := n.Scores(); i > 0 && s.Negative > 0 {
			t.Errorf("node %d gives bad scores: %+v", i, s)
		}
		if n.Topic(prices).Peers() < len(g.nodes)-1 {
			t.Errorf("node %d has lost peers", i)
		}
	}
}
