package consensus

import (
	"encoding/binary"
	"math/bits"
	"time"

	"github.com/gossip-price/gossip-price/consensus/signing"
)

// stages are the clock of one observation's co-signing (section 3.5): the window of ranks that may sign starts at
// quorum - 1 and grows after each stage without quorum, by the signers that were missing at that instant, twice as much
// with each further stage. So it holds every rank after log2(members) stages, whatever is lost or dead: it
// depends on this node's clock, and on nobody's message but those that end it.
type stages struct {
	first  time.Time     // when the observation was first received
	delay  time.Duration // of one stage; later measurements don't change it
	passed int           // stages without quorum
	window int           // ranks below it may sign
}

// next returns the instant at which the stage ends.
func (s *stages) next() time.Time { return s.first.Add(time.Duration(s.passed+1) * s.delay) }

// advance counts the stages that have ended, during all of which so many signers were missing: it is called before
// every change of that number. So what the window is at an instant does not depend on how often one asks. It grows no
// further than the ranks that there are.
func (s *stages) advance(now time.Time, missing, ranks int) {
	for s.window < ranks && !now.Before(s.next()) {
		s.window += missing << s.passed
		s.passed++
	}
}

// LastTurn returns how long after it has first received an observation the last member has its turn at the latest: when all the while
// one signer is missing, and the stage delay is the one that is set, or the longest that is measured (section 3.5).
func (p *Policy) LastTurn() time.Duration {
	delay := p.StageDelay
	if delay == 0 {
		delay = longestDelay(p.Interval)
	}
	stages := openStages
	if !p.Roster.Open() {
		stages = bits.Len(uint(max(p.Roster.Size()-p.Quorum, 0)))
	}
	return time.Duration(stages) * delay
}

// openStages is within how many stages every node of an open network signs: it has no ranks.
const openStages = 2

// openDelay returns how long after the first receipt this node signs an observation in an open network: a part of
// openStages, from keccak256(digest || address), so that no randomness is needed.
func openDelay(id signing.Digest, self signing.Address, stage time.Duration) time.Duration {
	hash := rankHash(id, self)
	part := int64(binary.BigEndian.Uint16(hash[:2]))
	return time.Duration(int64(openStages*stage) / (1 << 16) * part)
}

// advance brings the stages of an observation that lacks its quorum up to now. In an open network there are no ranks.
// Called with mu held.
func (e *Engine) advance(t *tally, now time.Time) {
	if missing := e.policy.Quorum - len(t.attestations); missing > 0 {
		t.stages.advance(now, missing, e.policy.Roster.Size()-1)
	}
}

// turn tells whether it is this node's turn to co-sign an observation that lacks its quorum, and until when it is not.
// Called with mu held.
func (e *Engine) turn(t *tally, now time.Time) (ours bool, until time.Time) {
	if e.policy.Roster.Open() {
		until = t.stages.first.Add(openDelay(t.id, e.policy.Self, t.stages.delay))
		return !now.Before(until), until
	}
	if t.ranking.groups == 0 {
		return false, now // it has come this very moment
	}
	e.advance(t, now)
	return t.ranking.own != noRank && t.ranking.own < t.stages.window, t.stages.next()
}
