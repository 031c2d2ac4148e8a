package consensus

import (
	"time"

	"golang.org/x/time/rate"

	"github.com/gossip-price/gossip-price/global"
)

// entry is what is known of one signer.
type entry struct {
	heartbeat Heartbeat
	heard     time.Time        // on this node's clock, without a monotonic reading
	offset    time.Duration    // the signer's clock less this node's
	timed     bool             // the offset is known
	received  map[int]Received // the last slice of counts by its first place
	budget    *rate.Limiter    // nil until the first
}

// write puts a newer heartbeat in the place of the last one.
func (e *entry) write(h Heartbeat, now time.Time) {
	got := h.Details.Received
	if h.Start != e.heartbeat.Start || got.Rounds == 0 { // it has begun to count anew
		e.received = make(map[int]Received)
	}
	e.heartbeat, e.heard = h, now
	if got.Rounds > 0 && got.First%MaxReceived == 0 {
		e.received[got.First] = got
	}
}

// fresh tells whether a signer was heard of lately.
func (r *Roll) fresh(e *entry, now time.Time) bool {
	return !e.heard.IsZero() && now.Sub(e.heard) <= freshBeats*r.interval
}

// full tells whether an open network takes no further signer: nobody who was heard of is silent.
func (r *Roll) full(now time.Time) bool {
	if !r.policy.Roster.Open() || len(r.entries) < global.MaxOpenProposers {
		return false
	}
	for _, e := range r.entries {
		if !r.fresh(e, now) {
			return false
		}
	}
	return true
}

// makeRoom forgets a silent signer of a crowded open network.
func (r *Roll) makeRoom(now time.Time) {
	if !r.policy.Roster.Open() || len(r.entries) < global.MaxOpenProposers {
		return
	}
	for a, e := range r.entries {
		if !r.fresh(e, now) {
			delete(r.entries, a)
			return
		}
	}
}
