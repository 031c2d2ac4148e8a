package node

import (
	"context"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
)

// trustsClock tells whether the node may sign by its clock now. It tells each change once. While it may not, the node
// merges, passes on and stores what others sign: they have measured the time of that.
func (n *Node) trustsClock() bool {
	c := &n.pulse.clock
	turned := c.look(n.now(), n.pulse.roll)
	if turned != noTurn {
		n.engine.Disown()
		n.pulse.intake.Restart(n.now()) // rounds by another time are not these
	}
	switch turned {
	case noTurn:
	case turnedOff:
		r := c.last()
		n.log.Error("this node's clock is "+consensus.Apart(-r.Offset)+" the others'; it proposes and co-signs nothing until it is right: "+
			"set it by NTP (timedatectl, chronyc)", "offset", -r.Offset, "clocks", r.Clocks, "allowed", c.bound)
	case turnedDoubted:
		n.log.Warn("clock in doubt; this node proposes and co-signs nothing until the others' heartbeats have confirmed it", "why", c.fault())
	case turnedRight:
		n.log.Info("the clock is right; this node proposes and co-signs again", "offset", -c.last().Offset, "clocks", c.last().Clocks)
	}
	return c.fault() == ""
}

// last returns the last comparison with the others' clocks.
func (c *clock) last() consensus.Reading {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.reading
}

// clockPatience is how long a node that starts waits for the heartbeats of the peers that it sees.
const clockPatience = 3 * time.Second

// waitForClock waits until the clock was compared with those of the peers, if enough are there, so that a node with a
// wrong clock finds out before its first proposal. It returns false when ctx ended.
func (n *Node) waitForClock(ctx context.Context) bool {
	for began := time.Now(); n.pulse.topic.Peers() >= n.policy.ClocksNeeded() && time.Since(began) < clockPatience; {
		n.trustsClock()
		if n.pulse.clock.last().Known() {
			break
		}
		poll := time.NewTimer(peerPoll)
		select {
		case <-ctx.Done():
			poll.Stop()
			return false
		case <-poll.C:
		}
	}
	return ctx.Err() == nil
}
