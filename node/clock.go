package node

import (
	"fmt"
	"sync"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
)

const (
	// leastJump is by how much the wall clock must leave the time that has passed to count as set.
	leastJump = time.Second
	// leastStep is the same for those who wait for an instant: a clock that is kept by NTP is set by less, too, and to compute a wait
	// anew costs nothing.
	leastStep = 50 * time.Millisecond
	// leastPause is for how long a node must have done nothing to count as having stood still.
	leastPause = 10 * time.Second
	// afterJump is how long after that no clock is measured: heartbeats that had been waiting are old.
	afterJump = 2 * time.Second
	// doubtBeats is for how many heartbeat intervals a clock that was set waits for the others' word.
	doubtBeats = 2
)

// clock decides whether this node may sign by its clock: not while it is further from the others' than allowed, and
// not after it was set, or the machine stood still, until the others' heartbeats agree with it.
type clock struct {
	bound time.Duration // how far it may be off
	doubt time.Duration // how long a doubt lasts that nobody confirms
	began time.Time     // with a monotonic reading: what has passed since then can't be set

	set bell // rings when somebody has set the wall clock

	mu      sync.Mutex // guards all below
	wall    time.Time  // at the last look
	up      time.Duration
	off     bool
	reading consensus.Reading
	known   consensus.Reading // the last one of enough clocks
	doubted string            // why, if it is
	until   time.Duration     // up time at which the doubt ends
}

// turn is what a look at the clock has found that was not so before.
type turn string

const (
	noTurn        turn = ""
	turnedOff     turn = "off"
	turnedDoubted turn = "doubted"
	turnedRight   turn = "right"
)

// look compares the wall clock with the time that has passed and with the others' clocks.
func (c *clock) look(wall time.Time, roll *consensus.Roll) turn {
	c.mu.Lock()
	defer c.mu.Unlock()
	wall, up := wall.Round(0), time.Since(c.began)
	before := c.trusted()
	if !c.wall.IsZero() {
		c.feel(wall, up, roll)
	}
	c.wall, c.up = wall, up
	c.reading = roll.Clock(wall)
	wasOff := c.off
	switch {
	case c.reading.Known():
		c.doubted, c.known = "", c.reading
		c.off = c.reading.Offset.Abs() > c.allowed()
	case c.doubted != "" && up >= c.until:
		c.doubted = "" // nobody says otherwise
	}
	switch {
	case c.off && !wasOff:
		return turnedOff
	case before && !c.trusted():
		return turnedDoubted
	case !before && c.trusted():
		return turnedRight
	}
	return noTurn
}

// feel notices that the clock was set or the machine stood still since the last look.
func (c *clock) feel(wall time.Time, up time.Duration, roll *consensus.Roll) {
	paused := up - c.up
	jump := wall.Sub(c.wall) - paused
	if jump.Abs() >= leastStep {
		c.set.ring()
	}
	if jump.Abs() < leastJump && paused < leastPause {
		return
	}
	roll.Jumped(jump, wall.Add(afterJump))
	switch {
	case jump.Abs() > c.bound:
		c.doubted = fmt.Sprintf("the clock jumped by %s: it was set, or the machine was suspended", jump.Round(time.Second))
	case paused >= leastPause:
		c.doubted = fmt.Sprintf("the node stood still for %s", paused.Round(time.Second))
	default:
		return
	}
	c.until = up + c.doubt
}

// allowed returns how far the clock may be off now: less when it was beyond, so that it does not come and go at the edge.
func (c *clock) allowed() time.Duration {
	if c.off {
		return c.bound - c.bound/8
	}
	return c.bound
}

func (c *clock) trusted() bool { return !c.off && c.doubted == "" }

// fault says why nothing is signed; nothing if the clock is trusted.
func (c *clock) fault() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.doubted != "":
		return c.doubted + "; nothing is signed until the others' heartbeats have confirmed the clock"
	case c.off:
		return fmt.Sprintf("this node's clock is %s the others' (%d compared), at most %s is allowed; it signs nothing until the clock is right: "+
			"set it by NTP", consensus.Apart(-c.known.Offset), c.known.Clocks, c.bound)
	}
	return ""
}
