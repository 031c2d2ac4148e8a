package test_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/network"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/node"
)

// wholeWithin is how long after a cut, however long it was, all nodes are connected with all others again and on the
// topic: the longest pause before a peer is dialled, with its jitter, and a dial that was begun too early.
const wholeWithin = time.Minute

// cut is something that happens to the network for a time.
type cut struct {
	name string
	long time.Duration
	// hit makes the fault and returns when it is over, after the time given; the weather is cleared afterwards.
	hit func(c *cluster, long time.Duration)
	// severs tells that no price of a round that lies within can have its quorum.
	severs bool
}

func cuts() []cut {
	between := func(lost func(from, to byte) bool) func(*cluster, time.Duration) {
		return func(c *cluster, long time.Duration) {
			c.weather.change(func(w *weather) { w.cut = lost })
			pass(long)
		}
	}
	halves := func(from, to byte) bool { return (from <= 2) != (to <= 2) }
	return []cut{
		{name: "every connection reset, every 4 s", long: 40 * time.Second, hit: (*cluster).resets},
		{name: "flapping every 20 s", long: 80 * time.Second, hit: (*cluster).flaps},
		{name: "one way: from one node to another", long: 70 * time.Second, hit: between(func(from, to byte) bool { return from == 1 && to == 2 })},
		{name: "one way: nothing comes from a node", long: 70 * time.Second, hit: between(func(from, _ byte) bool { return from == 1 })},
		{name: "one way: nothing comes to a node", long: 70 * time.Second, hit: between(func(_, to byte) bool { return to == 1 })},
		{name: "one node isolated", long: 2 * time.Minute, hit: between(func(from, to byte) bool { return from == 1 || to == 1 })},
		{name: "everybody isolated", long: 70 * time.Second, hit: between(func(byte, byte) bool { return true }), severs: true},
		{name: "two halves", long: 10 * time.Minute, hit: between(halves), severs: true},
	}
}

// TestClusterCuts goes through all kinds of cuts. After each the network is whole within a minute, and the prices of all
// proposers reach their quorum on all nodes in the first round that begins then. In the end all nodes hold the same
// certificates, also those of the rounds in which they were apart.
func TestClusterCuts(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(t *testing.T, c *cluster) {
		seats := c.form(4, 4)
		c.meshed(seats...)
		first := c.rounds(1)[0]
		c.expectFull(first, seats...)
		for _, cut := range cuts() {
			c.nextRound()
			pass(c.settings.FetchPriceInterval - time.Second)
			began := time.Now()
			cut.hit(c, cut.long)
			if n := c.quorumsWithin(began); cut.severs && n > 0 {
				t.Errorf("%s: %d quorums of rounds within", cut.name, n)
			}
			healed := time.Now()
			c.weather.clear()
			took := c.whole(seats...)
			round := c.nextRound()
			c.settle()
			c.expectFull(round, seats...)
			t.Logf("cut: %s | %v | whole after %v | full round %v after", cut.name, healed.Sub(began).Round(time.Second),
				took.Round(100*time.Millisecond), round.Start().Sub(healed).Round(100*time.Millisecond))
		}
		pass(agreeWithin + c.settings.FetchPriceInterval)
		t.Logf("%d certificates in all archives", c.expectAgreement(first))
	})
}

// quorumsWithin counts the quorums told since a fault began, of rounds that began within it.
func (c *cluster) quorumsWithin(began time.Time) int {
	return len(c.ledger.find(node.Quorum, func(n note) bool { return !n.Observation.Round.Start().Before(began) }))
}

// resets closes every connection again and again.
func (c *cluster) resets(long time.Duration) {
	for end := time.Now().Add(long); time.Now().Before(end); pass(4 * time.Second) {
		c.reset()
	}
}

// reset closes every connection.
func (c *cluster) reset() {
	for _, s := range c.seats {
		for _, id := range s.node.Host().Network().Peers() {
			_ = s.node.Host().Network().ClosePeer(id) // it may be closed already
		}
	}
}

// flaps cuts everybody off from everybody for 20 s, lets them be for 20 s, and so on.
func (c *cluster) flaps(long time.Duration) {
	for end := time.Now().Add(long); time.Now().Before(end); pass(20 * time.Second) {
		c.weather.change(func(w *weather) { w.cut = func(byte, byte) bool { return true } })
		pass(20 * time.Second)
		c.weather.clear()
	}
}

// whole waits until each of the seats is connected with all others and sees them on the topic, and returns how long that
// took.
func (c *cluster) whole(seats ...*seat) time.Duration {
	c.t.Helper()
	began := time.Now()
	for time.Since(began) < wholeWithin {
		if c.missing(seats) == "" {
			return time.Since(began)
		}
		pass(50 * time.Millisecond)
	}
	c.t.Fatalf("not whole after %v: %s", wholeWithin, c.missing(seats))
	return 0
}

// missing tells which of the seats are not together; nothing when all are.
func (c *cluster) missing(seats []*seat) string {
	var missing []string
	for _, s := range seats {
		if m := c.misses(s, seats); m != "" {
			missing = append(missing, m)
		}
	}
	return strings.Join(missing, ", ")
}

// misses tells whom a seat's node is not connected with.
func (c *cluster) misses(s *seat, seats []*seat) string {
	if n, want := s.node.Peers(), len(seats)-1+len(c.taps); n < want {
		return fmt.Sprintf("node%d sees %d peers of %d", s.number, n, want)
	}
	for _, other := range seats {
		if other != s && s.node.Host().Network().Connectedness(other.node.Host().ID()) != network.Connected {
			return fmt.Sprintf("node%d is not connected with node%d", s.number, other.number)
		}
	}
	return ""
}

// expectFull checks that the prices of all seats of a round are stored, and reached their quorum on each of them.
func (c *cluster) expectFull(round consensus.Round, seats ...*seat) {
	c.t.Helper()
	c.expectRows(round, seats...)
	for _, s := range seats {
		if n := len(c.ledger.find(node.Quorum, told(s), about(round))); n != len(seats) {
			c.t.Errorf("round %d: %d quorums on node%d, want %d", round, n, s.number, len(seats))
		}
	}
}
