package consensus

import (
	"slices"
	"sync"
	"time"

	"github.com/gossip-price/gossip-price/consensus/signing"
)

// Roll holds the last heartbeat of each member (section 3.10). It is safe for concurrent use and bounded: one heartbeat
// a member of the roster, global.MaxOpenProposers in an open network, with at most four slices of counts each.
type Roll struct {
	policy   Policy
	settings Settings
	domain   signing.Domain
	interval time.Duration
	members  []signing.Address // in their order; none in an open network

	mu      sync.Mutex // guards all below; never held across the recovery of a signature
	own     *entry
	entries map[signing.Address]*entry
	since   time.Time // when the roll began; moved when the clock jumps
	deaf    time.Time // until then no clock is measured
}

// NewRoll returns a roll that has heard of nobody. The settings are the node's own.
func NewRoll(p Policy, settings Settings, now time.Time) *Roll {
	return &Roll{
		policy: p, settings: settings, domain: signing.NewDomain(p.Network), interval: p.BeatInterval(),
		members: p.Roster.Places(), own: &entry{}, entries: make(map[signing.Address]*entry), since: now.Round(0),
	}
}

// Heard tells what became of a heartbeat.
type Heard struct {
	Outcome   Outcome
	Heartbeat Heartbeat // zero if it was malformed
}

// Receive validates a heartbeat that a peer sent, and takes it, before it is passed on: all or nothing. The newest one of
// each signer is Accepted, by its life and sequence; no clock is asked whether it is too old, so that a node whose clock
// is wrong can find that out. Once a signer is silent, any other life of it is taken: a node whose clock was set back
// between two lives is not out of hearing for long.
func (r *Roll) Receive(data []byte, now time.Time) Heard {
	h, err := DecodeHeartbeat(data)
	if err != nil {
		return Heard{Outcome: Malformed}
	}
	now = now.Round(0)
	outcome := r.screen(h, now)
	if outcome == Accepted && signing.Verify(h.Digest(r.domain), h.Signer, h.Signature) != nil {
		outcome = BadSignature
	}
	if outcome == Accepted {
		outcome = r.take(h, now)
	}
	return Heard{outcome, h}
}

// screen does all checks but the signature's, cheap before dear.
func (r *Roll) screen(h Heartbeat, now time.Time) Outcome {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.judge(h, now)
}

// take takes a heartbeat whose signature is good, unless a newer one was faster.
func (r *Roll) take(h Heartbeat, now time.Time) Outcome {
	r.mu.Lock()
	defer r.mu.Unlock()
	if outcome := r.judge(h, now); outcome != Accepted {
		return outcome
	}
	e := r.entries[h.Signer]
	if e == nil {
		r.makeRoom(now)
		e = &entry{budget: r.newBudget()}
		r.entries[h.Signer] = e
	}
	e.budget.AllowN(now, 1)
	e.write(h, now)
	e.timed = !now.Before(r.deaf)
	e.offset = h.Clock.Time().Sub(now)
	return Accepted
}

// judge is screen with the lock held.
func (r *Roll) judge(h Heartbeat, now time.Time) Outcome {
	switch {
	case h.Network != r.policy.Network:
		return ForeignNetwork
	case h.Signer == r.policy.Self:
		return OwnKey
	case !r.policy.Roster.Contains(h.Signer):
		return UnknownSigner
	}
	e, known := r.entries[h.Signer]
	switch {
	case !known && r.full(now):
		return UnknownSigner
	case !known:
		return Accepted
	case !h.newer(e.heartbeat) && (h.Start == e.heartbeat.Start || r.fresh(e, now)):
		return Stale
	case e.budget.TokensAt(now) < 1:
		return TooOften
	}
	return Accepted
}

// Keep takes the node's own heartbeat, for the view.
func (r *Roll) Keep(own Heartbeat, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.own.write(own, now.Round(0))
}

// Jumped says that the node's clock was set by so much, or that the machine stood still: no offset that was measured
// before holds, and none is measured from what had been waiting meanwhile, until settled.
func (r *Roll) Jumped(by time.Duration, settled time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.entries {
		e.heard, e.timed = e.heard.Add(by), false
		e.budget = r.newBudget() // one that was spent at a later time would fill at that time only
	}
	if !r.own.heard.IsZero() {
		r.own.heard = r.own.heard.Add(by)
	}
	r.since, r.deaf = r.since.Add(by), settled.Round(0)
}

// Present returns the members that are not silent, in no order; the node itself is not among them.
func (r *Roll) Present(now time.Time) []signing.Address {
	now = now.Round(0)
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []signing.Address
	for a, e := range r.entries {
		if r.fresh(e, now) {
			list = append(list, a)
		}
	}
	return list
}

// Place returns a member's place in the roster, by which heartbeats name it.
func (r *Roll) Place(a signing.Address) (place int, member bool) {
	return slices.BinarySearchFunc(r.members, a, signing.Address.Compare)
}
