package node

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/global/price"
)

// milestone is how far the prices of a round have come.
type milestone string

const (
	roundFetched  milestone = "fetched"
	roundVerified milestone = "verified"
	roundStored   milestone = "stored"
)

func milestones() []milestone { return []milestone{roundFetched, roundVerified, roundStored} }

// progress counts the rounds in which prices reached a milestone, and tells which was the last.
type progress struct {
	mu     sync.Mutex // guards the rounds; nothing else is done under it
	rounds map[price.Pair]map[milestone]*reached
}

type reached struct {
	last  consensus.Round
	gauge prometheus.Gauge
	count prometheus.Counter
}

// newProgress has each milestone begin with the round that is under way: what came before is not known, and a rule on the age
// of the last one counts from the start.
func newProgress(registerer prometheus.Registerer, p *consensus.Policy, now time.Time) *progress {
	labels := []string{"pair", "step"}
	last := promauto.With(registerer).NewGaugeVec(prometheus.GaugeOpts{
		Name: "gossip_price_last_round_timestamp_seconds",
		Help: "Start of the last round of which this node has an own price, a verified one, a stored one; of its first round while there is none.",
	}, labels)
	count := promauto.With(registerer).NewCounterVec(prometheus.CounterOpts{
		Name: "gossip_price_rounds_total",
		Help: "Rounds of which this node had an own price, a verified one, a stored one.",
	}, labels)
	g := &progress{rounds: make(map[price.Pair]map[milestone]*reached)}
	first := consensus.RoundAt(now, p.Interval)
	for _, pair := range p.Pairs {
		g.rounds[pair] = make(map[milestone]*reached)
		for _, m := range milestones() {
			r := &reached{
				last:  max(first, 1) - 1,
				gauge: last.WithLabelValues(string(pair), string(m)), count: count.WithLabelValues(string(pair), string(m)),
			}
			r.gauge.Set(float64(first))
			g.rounds[pair][m] = r
		}
	}
	return g
}

// note takes in a price that has come so far. One of an earlier round than the last, as after a catch-up, changes nothing.
func (g *progress) note(pair price.Pair, m milestone, round consensus.Round) {
	g.mu.Lock()
	defer g.mu.Unlock()
	r := g.rounds[pair][m]
	if r == nil || round <= r.last {
		return
	}
	r.last = round
	r.gauge.Set(float64(round))
	r.count.Inc()
}

// step takes in a step of a price.
func (g *progress) step(e *Event) {
	switch e.Step {
	case Quorum:
		g.note(e.Observation.Pair, roundVerified, e.Observation.Round)
	case Stored:
		g.note(e.Observation.Pair, roundStored, e.Observation.Round)
	case Fetched, Proposed, Signed, Refused, Convicted:
	}
}

// tellSettings registers the settings against which alerts measure the rest.
func tellSettings(registerer prometheus.Registerer, p *consensus.Policy, flush time.Duration) {
	for _, s := range []struct {
		name, help string
		value      float64
	}{
		{"round_seconds", "Length of a round (GP_FETCHPRICEINTERVAL).", p.Interval.Seconds()},
		{"settle_seconds", "How long after its last signature a price is written (GP_SETTLEPERIOD).", p.Settle.Seconds()},
		{"flush_seconds", "Length of a flush window (GP_FLUSHINTERVAL).", flush.Seconds()},
		{"clock_skew_seconds", "How far this node's clock may be from the others' (GP_CLOCKSKEW).", p.Skew.Seconds()},
		{"quorum_signers", "How many signers make a price verified (GP_MINIMUMSIGNERCOUNT).", float64(p.Quorum)},
		{"roster_members", "How many members the roster has (GP_SIGNERS); 0: the network is open.", float64(p.Roster.Size())},
	} {
		promauto.With(registerer).NewGauge(prometheus.GaugeOpts{Name: "gossip_price_" + s.name, Help: s.help}).Set(s.value)
	}
}
