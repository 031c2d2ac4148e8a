package consensus

import (
	"slices"
	"time"
)

// Bounds and default of a stage delay that is measured.
const (
	defaultStageDelay  = 500 * time.Millisecond // until minLags were measured
	shortestStageDelay = 50 * time.Millisecond
	longestStageDelay  = 5 * time.Second
	// stagesInRound is how many stages a round has at least: enough for the window to hold every rank of a roster of 512.
	stagesInRound = 10

	minLags = 16  // that a measurement needs
	maxLags = 128 // that it takes, the newest
)

// pace measures a stage's length from what this node sees (section 3.5): how long after an observation the
// co-signatures came of those who were to sign at once. On their way to the signer and back they take two deliveries,
// of which this node waited for one itself. So the mean of such a lag is one delivery and the signer's own work, and no
// two clocks are compared.
type pace struct {
	lags  [maxLags]time.Duration
	count int // of all that were ever noted
}

// note takes a lag into the measurement.
func (p *pace) note(lag time.Duration) {
	p.lags[p.count%maxLags] = lag // below 0 if the clock was set back
	p.count++
}

// delay returns the stage delay: 1.25 times the 95th percentile of the lags, within bounds, the interval's among them.
func (p *pace) delay(interval time.Duration) time.Duration {
	most := longestDelay(interval)
	if p.count < minLags {
		return min(defaultStageDelay, most)
	}
	lags := slices.Clone(p.lags[:min(p.count, maxLags)])
	slices.Sort(lags)
	p95 := lags[(len(lags)*95+99)/100-1]
	return min(max(p95+p95/4, shortestStageDelay), most)
}

// longestDelay returns the longest stage delay that is measured.
func longestDelay(interval time.Duration) time.Duration {
	return min(longestStageDelay, interval/stagesInRound)
}

// StageDelay returns how long a stage of co-signing lasts for what is received now: the policy's, or what was measured.
func (e *Engine) StageDelay() time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.stageDelay()
}

func (e *Engine) stageDelay() time.Duration {
	if e.policy.StageDelay > 0 {
		return e.policy.StageDelay
	}
	return e.pace.delay(e.policy.Interval)
}
