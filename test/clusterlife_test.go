package test_test

import (
	"context"
	"os"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
)

// stopBound is how long a node may take to stop.
const stopBound = 10 * time.Second

// running is a node that runs.
type running struct {
	cancel context.CancelFunc
	ended  chan error
}

func run(f func(context.Context) error) *running {
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{cancel: cancel, ended: make(chan error, 1)}
	go func() { r.ended <- f(ctx) }()
	return r
}

// stop stops a node and checks that it ends in time and without an error.
func (r *running) stop(t *testing.T) {
	t.Helper()
	began := time.Now()
	r.cancel()
	if err := <-r.ended; err != nil {
		t.Errorf("stop: %v", err)
	}
	if took := time.Since(began); took > stopBound {
		t.Errorf("stopped within %v, want %v", took, stopBound)
	}
}

// halt stops a seat's node.
func (c *cluster) halt(s *seat) {
	c.t.Helper()
	s.running.stop(c.t)
	s.running = nil
}

// stopAll stops whatever still runs.
func (c *cluster) stopAll() {
	for _, s := range c.seats {
		if s.running != nil {
			c.halt(s)
		}
	}
	for _, tap := range c.taps {
		tap.running.stop(c.t)
	}
	c.taps = nil
	if c.bootstrap != nil {
		c.bootstrap.stop(c.t)
		c.bootstrap = nil
	}
}

// crash leaves of a node what is on its disk at this moment: the folder is copied, the node cut off and stopped, and the
// copy put in the place of what it still wrote.
func (c *cluster) crash(s *seat) {
	c.t.Helper()
	synctest.Wait() // nobody is in the middle of a transaction: whatever is written is in the files
	left := s.folder + ".left"
	if err := os.CopyFS(left, os.DirFS(s.folder)); err != nil {
		c.t.Fatal(err)
	}
	c.weather.isolate(s.number)
	c.halt(s)
	c.weather.clear()
	if err := os.RemoveAll(s.folder); err != nil {
		c.t.Fatal(err)
	}
	if err := os.Rename(left, s.folder); err != nil {
		c.t.Fatal(err)
	}
}

// meshed waits until each of the seats sees all others, and the taps, on the topic.
func (c *cluster) meshed(seats ...*seat) {
	c.t.Helper()
	others := len(seats) - 1 + len(c.taps)
	eventually(c.t, time.Minute, "everybody sees everybody", func() bool {
		return !slices.ContainsFunc(seats, func(s *seat) bool { return s.node.Peers() < others })
	})
}

// round returns the round that it is.
func (c *cluster) round() consensus.Round {
	return consensus.RoundAt(time.Now(), c.settings.FetchPriceInterval)
}

// nextRound waits for the start of the next round and returns it.
func (c *cluster) nextRound() consensus.Round {
	next := c.round().Start().Add(c.settings.FetchPriceInterval)
	pass(time.Until(next))
	return c.round()
}

// rounds lets n whole rounds go by, and the time in which their prices are stored, and returns them.
func (c *cluster) rounds(n int) []consensus.Round {
	var rounds []consensus.Round
	for range n {
		rounds = append(rounds, c.nextRound())
	}
	c.settle()
	return rounds
}

// settle waits until prices that have been proposed by now are stored: at most a fetch offset of 2 s, a wave of messages,
// the settle period and a flush interval later, and one more where a member whose turn it is can't write.
func (c *cluster) settle() {
	pass(5*time.Second + c.settings.SettlePeriod + 2*c.settings.FlushInterval)
}
