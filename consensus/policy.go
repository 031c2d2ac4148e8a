package consensus

import (
	"time"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/global/price"
)

// Policy is what an engine is told about its network: the settings that must agree, and this node's own.
type Policy struct {
	Network      string
	Self         signing.Address
	Pairs        []price.Pair
	Interval     time.Duration // of the rounds; whole seconds
	Quorum       int           // distinct signers of the roster
	Roster       Roster
	Proposers    int           // how many of the roster propose in a round
	MaxDeviation uint64        // from the own price, in ppm
	Freshness    time.Duration // how far from the observation the own price may have been fetched
	Settle       time.Duration
	StageDelay   time.Duration // of staged co-signing; 0: measured
	Skew         time.Duration // how far clocks may be apart
}

// end returns the instant at which a round ends and the next begins.
func (p *Policy) end(r Round) time.Time { return r.Start().Add(p.Interval) }

// HeldFor returns how long after its start a round's digests are held: max(2 rounds, 2 min) after its end.
func (p *Policy) HeldFor() time.Duration {
	return p.Interval + max(2*p.Interval, global.MinForgetAfter)
}

// forgetAt returns the instant from which a round's digests are not held any more.
func (p *Policy) forgetAt(r Round) time.Time { return r.Start().Add(p.HeldFor()) }

// current tells whether an observation that is not yet held may enter now (section 3.4).
func (p *Policy) current(o Observation, now time.Time) bool {
	start, end, seen := o.Round.Start(), p.end(o.Round), o.ObservedAt.Time()
	latest := now
	if end.Before(now) {
		latest = end
	}
	return !now.Before(start.Add(-p.Skew)) && !now.After(end.Add(p.Skew)) &&
		!seen.Before(start.Add(-p.Skew)) && !seen.After(latest.Add(p.Skew))
}

// maxSigners bounds the attestations held for one digest.
func (p *Policy) maxSigners() int {
	if p.Roster.Open() {
		return global.MaxOpenProposers
	}
	return p.Roster.Size()
}
