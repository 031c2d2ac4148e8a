package consensus

import (
	"time"

	"golang.org/x/time/rate"
)

const (
	// beatInterval is how often a member of a roster of up to beatMembers sends a heartbeat. In a larger roster it is as
	// much rarer, so that a node never gets more than about four heartbeats a second.
	beatInterval = 15 * time.Second
	beatMembers  = 64

	// freshBeats is for how many intervals a heartbeat counts: two may be lost.
	freshBeats = 3

	// beatsAtOnce and beatsAnInterval are how many heartbeats of one signer are taken. A node sends one an interval, and
	// as many again, with some at once, when peers come.
	beatsAtOnce     = 4
	beatsAnInterval = 2
)

// BeatInterval returns how often a member sends a heartbeat.
func (p *Policy) BeatInterval() time.Duration {
	return beatInterval * time.Duration(max(beatMembers, p.Roster.Size())) / beatMembers
}

// BeatsTaken returns how many heartbeats of all members together are taken in an interval at most, over a long time.
func (p *Policy) BeatsTaken() int { return beatsAnInterval * p.maxSigners() }

// TellRefused returns for how long after its start heartbeats tell of what was refused in a round: until its digests are
// forgotten, and in a large roster until several heartbeats have told of it.
func (p *Policy) TellRefused() time.Duration {
	return max(p.HeldFor(), p.Interval+freshBeats*p.BeatInterval())
}

// newBudget returns what one signer may send.
func (r *Roll) newBudget() *rate.Limiter {
	return rate.NewLimiter(rate.Every(r.interval/beatsAnInterval), beatsAtOnce)
}
