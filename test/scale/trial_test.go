package scale_test

import (
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/test/scale"
)

// trial is one simulation.
type trial struct {
	nodes     int
	name      string // of the case
	proposers int
	warmUp    int // rounds in which the nodes get to know each other and measure their stage delay
	rounds    int // that count
}

const naive = scale.Naive

// plan returns the simulation of a case: with more rounds the fewer nodes there are, for about as many prices. The naive schedule
// needs none to get to know each other, and few prices: each costs as many messages as there are nodes.
func plan(nodes int, name string) trial {
	c := trial{nodes: nodes, name: name, proposers: 16, warmUp: 5, rounds: 4}
	switch {
	case nodes <= 4:
		c.warmUp, c.rounds = 20, 20
	case nodes <= 16:
		c.warmUp, c.rounds = 8, 8
	case nodes <= 64:
		c.warmUp = 8
	}
	switch {
	case name == naive:
		c.warmUp, c.rounds, c.proposers = min(1, 64/nodes), max(1, min(4, 256/nodes)), max(1, min(16, 256/nodes))
	case nodes > 256:
		c.proposers, c.warmUp, c.rounds = 8, 6, 4
	}
	return c
}

// sick tells whether a node is of the third that is dead or refuses.
func (c trial) sick(i int) bool {
	return (c.name == scale.Dead || c.name == scale.Refusing) && i < c.nodes/3
}

func (c trial) dead(i int) bool { return c.name == scale.Dead && c.sick(i) }

// price is what a node sees, in dollars. Each that refuses sees a price of its own.
func (c trial) price(i int) int {
	if c.sick(i) {
		return 4000 + 100*i
	}
	return 3000
}

// run simulates, and returns what it measured. It is not for parallel tests.
func (c trial) run(t *testing.T, folder string) (result scale.Result) {
	t.Helper()
	// golang/go#78156: timers of a bubble that fire on several processors confuse the race detector.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	began, before := time.Now(), memory(t)
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		f := launch(t, c, folder)
		defer f.stop()
		if c.name == scale.Loss {
			f.earth.change(0.05, nowhere)
		}
		f.nextRound()
		f.market.Store(true)
		for range c.warmUp {
			f.nextRound()
		}
		result = f.measure()
		result.MiB = float64(memory(t)-before) / float64(len(f.seats)) / (1 << 20)
		t.Logf("%v of virtual time; %s; %s", time.Since(began).Round(time.Second), f.earth.told(), f.ear.told())
	})
	t.Logf("%+v; slower %.2f; %s of real time", result, result.Slower(), time.Since(began).Round(time.Millisecond))
	return result
}

// nextRound waits for the start of the next round.
func (f *fleet) nextRound() consensus.Round {
	next := consensus.RoundAt(time.Now(), f.settings.FetchPriceInterval).Start().Add(f.settings.FetchPriceInterval)
	<-time.After(time.Until(next))
	return consensus.RoundAt(time.Now(), f.settings.FetchPriceInterval)
}

// cutFor is how long a region is cut off.
const cutFor = 60 * time.Second

// measure lets the rounds that count go by, and waits until their prices are stored.
func (f *fleet) measure() scale.Result {
	began, sent := time.Now(), f.traffic.sent.Load()
	rounds := []consensus.Round{consensus.RoundAt(began, f.settings.FetchPriceInterval)}
	if f.trial.name == scale.Cut {
		f.earth.change(0, 0)
		defer time.AfterFunc(cutFor-time.Second, func() { f.earth.change(0, nowhere) }).Stop()
	}
	for len(rounds) < f.trial.rounds {
		rounds = append(rounds, f.nextRound())
	}
	f.nextRound()
	f.market.Store(false)
	sent, lasted := f.traffic.sent.Load()-sent, time.Since(began)
	<-time.After(f.settings.SettlePeriod + f.settings.FlushInterval + time.Second)
	sent -= int64(f.quiet() * lasted.Seconds())
	r := f.ear.result(f.seats, func(p proposal) bool {
		return slices.Contains(rounds, p.round) && !f.trial.sick(p.by)
	})
	r.Nodes, r.Case = f.trial.nodes, f.trial.name
	r.KiB = float64(sent) / 1024 / float64(r.Prices) / float64(len(f.seats))
	r.Statements = f.prices.perWindow(began.Add(f.settings.SettlePeriod))
	var stages []time.Duration
	for _, s := range f.seats {
		stages = append(stages, s.node.StageDelay())
	}
	r.Stage = milliseconds(quantile(stages, 50))
	return r
}

// quiet returns how many bytes a second are sent when there are no prices.
func (f *fleet) quiet() float64 {
	const d = 30 * time.Second
	before := f.traffic.sent.Load()
	<-time.After(d)
	return float64(f.traffic.sent.Load()-before) / d.Seconds()
}

// result sums up what became of prices on the living nodes.
func (e *ear) result(seats []*seat, counts func(proposal) bool) (r scale.Result) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var deliveries, quorums []time.Duration
	messages, due := 0, 0
	for id, p := range e.proposed {
		if !counts(p) {
			continue
		}
		r.Prices++
		messages += e.messages[id]
		for _, s := range seats {
			due++
			if at, ok := e.arrived[heard{id, s.number}]; ok && s.number != p.by {
				deliveries = append(deliveries, at.Sub(p.at))
			}
			if at, ok := e.quorums[heard{id, s.number}]; ok {
				quorums = append(quorums, at.Sub(p.at))
			}
		}
	}
	r.Messages = float64(messages) / float64(r.Prices)
	r.Reached = float64(len(quorums)) / float64(due)
	r.Delivery, r.Two, r.Quorum = times(deliveries), times(sums(deliveries)), times(quorums)
	r.Ideal = times(e.ideal(seats, counts))
	return r
}

// ideal returns how long quorums would take with two co-signers who answer at once: on a node that knows of the proposal it
// is there when the later of two signatures is, and each of these takes a delivery to its signer and one from there. The signers
// are drawn at random from those whose deliveries are known: the proposers.
func (e *ear) ideal(seats []*seat, counts func(proposal) bool) []time.Duration {
	took := make(map[[2]int]time.Duration) // from a proposer to a node, at some time
	var proposers []int
	for id, p := range e.proposed {
		if !counts(p) {
			continue
		}
		if !slices.Contains(proposers, p.by) {
			proposers = append(proposers, p.by)
		}
		for _, s := range seats {
			if at, ok := e.arrived[heard{id, s.number}]; ok {
				took[[2]int{p.by, s.number}] = at.Sub(p.at)
			}
		}
	}
	random := rand.New(rand.NewPCG(5, 6))
	var waits []time.Duration
	for len(proposers) > 2 && len(waits) < 100_000 {
		random.Shuffle(len(proposers), func(i, j int) { proposers[i], proposers[j] = proposers[j], proposers[i] })
		at := seats[random.IntN(len(seats))].number
		wait := time.Duration(0)
		for _, signer := range proposers[1:3] {
			wait = max(wait, took[[2]int{proposers[0], signer}]+took[[2]int{signer, at}])
		}
		waits = append(waits, wait)
	}
	return waits
}

// sums returns sums of two deliveries, drawn at random.
func sums(deliveries []time.Duration) []time.Duration {
	random := rand.New(rand.NewPCG(3, 4))
	two := make([]time.Duration, 100_000)
	for i := range two {
		two[i] = deliveries[random.IntN(len(deliveries))] + deliveries[random.IntN(len(deliveries))]
	}
	return two
}

func times(list []time.Duration) scale.Times {
	return scale.Times{
		P50: milliseconds(quantile(list, 50)), P95: milliseconds(quantile(list, 95)), P99: milliseconds(quantile(list, 99)),
	}
}

// quantile returns 0 of nothing.
func quantile(list []time.Duration, percent int) time.Duration {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return list[(len(list)*percent+99)/100-1]
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// memory returns what the process holds of anonymous memory, once what is garbage was given back.
func memory(t *testing.T) int {
	t.Helper()
	debug.FreeOSMemory()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0 // no Linux
	}
	_, rest, _ := strings.Cut(string(status), "RssAnon:")
	kib, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return kib * 1024
}
