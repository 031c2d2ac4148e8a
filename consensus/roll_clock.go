package consensus

import (
	"slices"
	"time"
)

// Reading is how far a node's clock is from those of the others.
type Reading struct {
	// Offset is the clocks of the others less this node's: positive when it is behind.
	Offset time.Duration
	// Clocks is how many members' clocks it rests on.
	Clocks int
	// Needed is how many it needs: the others that a quorum needs, at least two.
	Needed int
}

// Known tells whether enough members were heard of.
func (r Reading) Known() bool { return r.Clocks >= r.Needed }

// Clock compares the node's clock with the last heartbeats of all members that are not silent. The offset is their
// median; where there are two in the middle, what is nearest to zero from one to the other. While fewer than half of
// those heard of lie, it lies between the offsets of honest members; with just half, between one of those and zero: they
// can hide that a clock is wrong, but can't make a good one look wrong. With a quorum of two thirds of the roster plus
// one, at least two thirds of it are heard of, so that takes no less than a third of the roster.
func (r *Roll) Clock(now time.Time) Reading {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.clock(now.Round(0))
}

func (r *Roll) clock(now time.Time) Reading {
	var offsets []time.Duration
	for _, e := range r.entries {
		if e.timed && r.fresh(e, now) {
			offsets = append(offsets, e.offset)
		}
	}
	return Reading{Offset: middle(offsets), Clocks: len(offsets), Needed: r.policy.ClocksNeeded()}
}

// ClocksNeeded returns how many other members' clocks a node compares its own with at least.
func (p *Policy) ClocksNeeded() int { return max(2, p.Quorum-1) }

// middle returns the median, between two what is nearest to zero; zero of none.
func middle(offsets []time.Duration) time.Duration {
	if len(offsets) == 0 {
		return 0
	}
	slices.Sort(offsets)
	low, high := offsets[(len(offsets)-1)/2], offsets[len(offsets)/2]
	switch {
	case low > 0:
		return low
	case high < 0:
		return high
	}
	return 0
}

// leastBound is how far a clock may be off however small GP_CLOCKSKEW is: what is measured contains the time that a
// heartbeat was under way.
const leastBound = 2 * time.Second

// ClockBound returns how far a clock may be from the others'.
func (p *Policy) ClockBound() time.Duration { return max(p.Skew, leastBound) }
