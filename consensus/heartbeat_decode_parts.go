package consensus

import (
	"fmt"
	"math"
	"time"

	"github.com/gossip-price/gossip-price/global"
)

func (s *Settings) take(f field) error {
	switch f.number {
	case settingsInterval:
		return f.duration(&s.Interval, time.Second)
	case settingsQuorum:
		return f.uint(&s.Quorum)
	case settingsProposers:
		return f.uint(&s.Proposers)
	case settingsMaxDeviation:
		return f.uint(&s.MaxDeviation)
	case settingsSettle:
		return f.duration(&s.Settle, time.Millisecond)
	case settingsFlush:
		return f.duration(&s.Flush, time.Millisecond)
	case settingsSkew:
		return f.duration(&s.Skew, time.Millisecond)
	case settingsMembers:
		return f.uint(&s.Members)
	case settingsRoster:
		return f.fixed(s.Roster[:])
	case settingsPairs:
		return f.fixed(s.Pairs[:])
	}
	return nil
}

func (r *Received) take(f field) error {
	switch f.number {
	case receivedUntil:
		if err := f.uint((*uint64)(&r.Until)); err != nil || r.Until <= maxRound {
			return err
		}
		return fmt.Errorf("%w: round out of range", global.ErrMalformed)
	case receivedRounds:
		return f.small(&r.Rounds, math.MaxUint16)
	case receivedFirst:
		return f.small(&r.First, global.MaxSigners-1)
	case receivedCounts:
		return f.counts(&r.Counts)
	}
	return nil
}
