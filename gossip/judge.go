package gossip

import (
	"maps"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
)

// Scores sums up the scores of the peers as they were within the last second, those that left a short time ago among
// them. An honest peer's score is 0; from -5 on a peer is cut.
type Scores struct {
	// Negative is how many have one below 0.
	Negative int
	// Lowest is the lowest score; 0 without peers.
	Lowest float64
	// Banned is how many peers are cut and not let in again yet.
	Banned int
}

// judge takes gossipsub's scores, condemns who is too low, and forgets the accounts that say nothing any more.
func (l *ledger) judge(scores map[peer.ID]float64, now time.Time) {
	sum := Scores{Banned: l.bans.count(now)}
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, score := range scores {
		if score < 0 {
			sum.Negative++
			sum.Lowest = min(sum.Lowest, score)
		}
		if score <= cutScore && !l.bans.has(id, now) {
			l.condemn(l.account(id, now), misbehaviour)
		}
	}
	l.scores = sum
	maps.DeleteFunc(l.accounts, func(_ peer.ID, a *account) bool {
		return a.fault == "" && now.Sub(a.heard) > l.forgetAfter()
	})
}

// forgetAfter is when all buckets of a peer that sends nothing are full again: forgetting them then changes nothing.
func (l *ledger) forgetAfter() time.Duration {
	b := l.budget
	return max(graceTime, maxInvalid*forgiveEvery, b.messages.fills(), b.control.fills(), b.bytes.fills())
}

// condemned returns the peers to cut.
func (l *ledger) condemned() map[peer.ID]fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make(map[peer.ID]fault)
	for id, a := range l.accounts {
		if a.fault != "" {
			out[id] = a.fault
		}
	}
	return out
}

// forget drops a peer's account: the ban stands for it now, and after the ban it starts afresh.
func (l *ledger) forget(id peer.ID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.accounts, id)
}

func (l *ledger) summary() Scores {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.scores
}
