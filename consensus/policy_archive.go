package consensus

import (
	"time"

	"github.com/gossip-price/gossip-price/global"
)

// ArchiveRounds returns how many rounds of certificates nodes keep for each other (section 3.11): those of a day, or
// fewer, so that no more than global.MaxArchived certificates are expected. It follows from settings that must agree
// between nodes, so that they compare the same rounds.
func (p *Policy) ArchiveRounds() int {
	proposers := global.MaxOpenProposers
	if !p.Roster.Open() {
		proposers = min(p.Proposers, p.Roster.Size())
	}
	day := int(global.ArchiveAge / p.Interval)
	most := global.MaxArchived / max(1, len(p.Pairs)*proposers)
	return max(2, min(day, most))
}

// Closed returns the last round that takes no new observations any more: up to it nodes may be asked to hold the same
// certificates. Those of later rounds are still under way.
func (p *Policy) Closed(now time.Time) Round { return RoundAt(now.Add(-p.Interval-p.Skew), p.Interval) }

// ArchiveFrom returns the first round of the archive whose last one is given.
func (p *Policy) ArchiveFrom(until Round) Round {
	back := Round(p.ArchiveRounds()-1) * Round(p.Interval/time.Second)
	if back >= until {
		return 0
	}
	return until - back
}

// Forgotten tells whether the round's digests are not held any more.
func (p *Policy) Forgotten(r Round, now time.Time) bool { return !now.Before(p.forgetAt(r)) }
