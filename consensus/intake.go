package consensus

import (
	"maps"
	"math/bits"
	"sync"
	"time"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

const (
	// intakeTurns is for how many of its turns to propose a member's prices are counted: enough to tell a poor link from
	// a single loss.
	intakeTurns = 16
	// maxIntake bounds the rounds that are counted; in the largest networks few members have a turn in them.
	maxIntake = 256
)

// Intake counts which members' prices have come to this node in the last rounds. It is safe for concurrent use. In an
// open network it counts nothing.
type Intake struct {
	interval time.Duration
	places   map[signing.Address]int
	pairs    map[price.Pair]int
	window   int // rounds

	mu    sync.Mutex               // guards all below
	since Round                    // the first round that counts
	came  map[Round]map[int]uint32 // by place in the roster, a bit for each pair; at most window rounds and those under way
}

// NewIntake returns an intake that counts from the first round that begins after now.
func NewIntake(p Policy, now time.Time) *Intake {
	i := &Intake{
		interval: p.Interval, places: placesOf(p.Roster), pairs: make(map[price.Pair]int), window: intakeWindow(&p),
	}
	for n, pair := range p.Pairs {
		i.pairs[pair] = n
	}
	i.Restart(now)
	return i
}

// intakeWindow returns how many rounds are counted.
func intakeWindow(p *Policy) int {
	turns := (p.Roster.Size() + p.Proposers - 1) / max(1, p.Proposers) // rounds in which each member proposes about once
	return min(maxIntake, intakeTurns*max(1, turns))
}

func placesOf(r Roster) map[signing.Address]int {
	places := make(map[signing.Address]int, r.Size())
	for n, a := range r.Places() {
		places[a] = n
	}
	return places
}

// Restart forgets what came, and counts from the first round that begins after now: what was before says nothing when
// the node has just started, or had a wrong clock.
func (i *Intake) Restart(now time.Time) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.since, i.came = i.after(RoundAt(now, i.interval), 1), make(map[Round]map[int]uint32)
}

// Note takes in an observation that has come.
func (i *Intake) Note(o Observation) {
	place, member := i.places[o.Proposer]
	pair, served := i.pairs[o.Pair]
	if !member || !served {
		return
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.came[o.Round] == nil {
		i.came[o.Round] = make(map[int]uint32)
	}
	i.came[o.Round][place] |= 1 << pair
}

// Received returns what came in the rounds that are over, of the members whose turn it is to be told of.
func (i *Intake) Received(now time.Time, turn uint64) Received {
	i.mu.Lock()
	defer i.mu.Unlock()
	current := RoundAt(now, i.interval)
	first := max(i.since, i.after(current, -i.window))
	maps.DeleteFunc(i.came, func(r Round, _ map[int]uint32) bool { return r < first || r > i.after(current, i.window) })
	if current <= first || len(i.places) == 0 {
		return Received{}
	}
	slices := (len(i.places) + MaxReceived - 1) / MaxReceived
	r := Received{
		Until: i.after(current, -1), Rounds: int((current - first) / i.after(0, 1)),
		First: int(turn%uint64(slices)) * MaxReceived, //nolint:gosec // less than slices
	}
	r.Counts = make([]uint16, min(MaxReceived, len(i.places)-r.First))
	for round, came := range i.came {
		for place, pairs := range came {
			if n := place - r.First; round < current && n >= 0 && n < len(r.Counts) {
				r.Counts[n] += uint16(bits.OnesCount32(pairs)) //nolint:gosec // at most 32, in at most 256 rounds
			}
		}
	}
	return r
}

// after returns the round so many rounds later.
func (i *Intake) after(r Round, rounds int) Round {
	return r + Round(int64(rounds)*int64(i.interval/time.Second)) //nolint:gosec // it wraps back when rounds is negative
}
