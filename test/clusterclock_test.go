package test_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/node"
)

// idle checks that a node has proposed and signed nothing since an instant.
func (c *cluster) idle(s *seat, from time.Time) {
	c.t.Helper()
	for _, step := range []node.Step{node.Proposed, node.Signed} {
		if n := len(c.ledger.find(step, told(s), since(from))); n > 0 {
			c.t.Errorf("node%d: %d times %s", s.number, n, step)
		}
	}
}

// doubts returns what a node says of its clock at /readyz.
func doubts(s *seat) string {
	for _, p := range s.node.Ready() {
		if p.Name == "clock" {
			return p.Detail
		}
	}
	return ""
}

// A node that starts with a wrong clock finds out before its first proposal, says by how much, once, proposes and signs
// nothing, and takes part as soon as the clock is right. The others go on.
func TestClusterClockOff(t *testing.T) { //nolint:paralleltest // see simulate
	for name, x := range map[string]struct { //nolint:paralleltest // see simulate
		off      time.Duration
		interval time.Duration
		told     string
	}{
		"10 s ahead":       {10 * time.Second, 20 * time.Second, "10s ahead of the others'"},
		"6 s behind":       {-6 * time.Second, 2 * time.Minute, "behind the others'"},
		"a minute ahead":   {time.Minute, 20 * time.Second, "1m0s ahead of the others'"},
		"part of a round":  {time.Minute, 2 * time.Minute, "1m0s ahead of the others'"},
		"5 min behind":     {-5 * time.Minute, 20 * time.Second, "5m0s behind the others'"},
		"a day ahead":      {24 * time.Hour, 20 * time.Second, "24h0m0s ahead of the others'"},
		"a day behind":     {-24 * time.Hour, 20 * time.Second, "24h0m0s behind the others'"},
		"a month ahead":    {720 * time.Hour, 20 * time.Second, "720h0m0s ahead of the others'"},
		"within the bound": {4 * time.Second, 20 * time.Second, ""},
	} {
		t.Run(name, func(t *testing.T) {
			simulate(t, func(t *testing.T, c *cluster) {
				c.settings.FetchPriceInterval = x.interval
				seats := c.form(4, 0)
				honest, off := seats[:3], seats[3]
				off.clock.set(x.off)
				for _, s := range seats {
					c.start(s)
				}
				c.meshed(seats...)
				c.settle() // of the round in which they start
				if x.told == "" {
					for _, round := range c.rounds(3) {
						c.expectRows(round, seats...)
					}
					return
				}
				for _, round := range c.rounds(3) {
					c.expectRows(round, honest...)
				}
				pass(2 * time.Minute) // with a pruning of the journal
				c.idle(off, time.Time{})
				if n := off.told.count("level=ERROR", x.told, "offset="); n != 1 {
					t.Errorf("told %d times", n)
				}
				if got := doubts(off); got == "" {
					t.Error("ready by a wrong clock")
				}
				off.clock.set(0)
				pass(20 * time.Second) // one heartbeat of each
				if got := doubts(off); got != "" {
					t.Errorf("right again, and it says: %s", got)
				}
				if n := off.told.count("the clock is right"); n != 1 {
					t.Errorf("told %d times that the clock is right", n)
				}
				for _, round := range c.rounds(2) {
					c.expectRows(round, seats...)
				}
			})
		})
	}
}

// A clock that is set while the node runs stops it at once, whatever it was about to do, and lets it go on when it is
// right again.
func TestClusterClockJumps(t *testing.T) { //nolint:paralleltest // see simulate
	for _, by := range []time.Duration{10 * time.Second, -10 * time.Second, 5 * time.Minute, -5 * time.Minute, 24 * time.Hour, -24 * time.Hour} { //nolint:paralleltest // see simulate
		t.Run(fmt.Sprint(by), func(t *testing.T) {
			simulate(t, func(t *testing.T, c *cluster) {
				seats := c.form(4, 4)
				honest, jumper := seats[:3], seats[3]
				c.meshed(seats...)
				for _, round := range c.rounds(2) {
					c.expectRows(round, seats...)
				}
				c.nextRound()
				jumper.clock.set(by) // before it has fetched this round's price
				jumped := time.Now()
				for _, round := range c.rounds(3) {
					c.expectRows(round, honest...)
				}
				c.idle(jumper, jumped)
				if jumper.told.count("level=WARN", "the clock jumped by "+by.String()) != 1 || jumper.told.count("level=ERROR", "the others'") != 1 {
					t.Error("the jump was not told once, or the offset was not")
				}
				jumper.clock.set(0)
				pass(20 * time.Second)
				for _, round := range c.rounds(2) {
					c.expectRows(round, seats...)
				}
			})
		})
	}
}

// A machine that is suspended for an hour, clock and network, comes back in the midst of a round: it waits for the
// others' word, says why, and takes part again.
func TestClusterSuspended(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(t *testing.T, c *cluster) {
		seats := c.form(4, 4)
		c.meshed(seats...)
		c.rounds(2)
		sleeper := seats[3]
		c.weather.isolate(sleeper.number)
		sleeper.clock.stop()
		pass(time.Hour)
		woke := time.Now()
		sleeper.clock.set(0)
		pass(time.Second)
		told := 0 // the clock is looked at once a second
		for _, slept := range []string{"1h0m0s", "59m59s"} {
			told += sleeper.told.count("the clock jumped by " + slept + ": it was set, or the machine was suspended")
		}
		if got := doubts(sleeper); got == "" || told != 1 {
			t.Errorf("just awake it says: %s", got)
		}
		c.idle(sleeper, woke)
		c.weather.clear()
		c.meshed(seats...)
		pass(2 * beats)
		if got := doubts(sleeper); got != "" {
			t.Errorf("after two heartbeats it says: %s", got)
		}
		if n := sleeper.told.count("level=ERROR", "this node's clock"); n > 0 {
			t.Errorf("%d times told of a wrong clock that was right", n)
		}
		for _, round := range c.rounds(2) {
			c.expectRows(round, seats...)
		}
		for _, s := range seats {
			if n := s.told.count("receives too little"); n > 0 {
				t.Errorf("node%d: %d times told of prices that came to nobody who slept", s.number, n)
			}
		}
	})
}

// beats is how often a node of a small network sends a heartbeat.
const beats = 15 * time.Second

// Members whose clocks are wrong, fewer than a third, can't make the others doubt theirs.
func TestClusterLyingClocks(t *testing.T) { //nolint:paralleltest // see simulate
	for n, liars := range map[int]int{4: 1, 7: 2} { //nolint:paralleltest // see simulate
		t.Run(fmt.Sprint(liars, " of ", n), func(t *testing.T) {
			simulate(t, func(t *testing.T, c *cluster) {
				c.settings.MinimumSignerCount = 2*n/3 + 1
				seats := c.form(n, 0)
				honest := seats[liars:]
				for i, s := range seats[:liars] {
					s.clock.set(time.Duration(1+i) * time.Hour)
				}
				for _, s := range seats { // the liars first
					c.start(s)
				}
				c.meshed(seats...)
				for _, round := range c.rounds(4) {
					c.expectRows(round, honest...)
				}
				pass(3 * beats)
				for _, s := range honest {
					if s.told.count("clock in doubt")+s.told.count("this node's clock") > 0 || doubts(s) != "" {
						t.Errorf("node%d doubts its clock: %s", s.number, doubts(s))
					}
					if got := s.told.count("finding=\"clock off\"", "level=WARN"); got != liars {
						t.Errorf("node%d told of %d wrong clocks, want %d", s.number, got, liars)
					}
				}
				if slices.ContainsFunc(seats[:liars], func(s *seat) bool { return doubts(s) == "" }) {
					t.Error("a wrong clock is trusted")
				}
			})
		})
	}
}
