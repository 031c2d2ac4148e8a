package consensus_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

// byzantine is a network in which some roster members are hostile. They know all that is sent, reach whom they like, and
// do at random what their strategies allow; honest nodes lose, delay and reorder messages on their way to each other.
type byzantine struct {
	t          *rapid.T
	w          world
	random     *rand.Rand
	hostile    int // members; the last ones of the roster
	loss, slow float64
	strategies []strategy
	nodes      []*honestNode
	underWay   []message
	delayed    []message // until the next round
	pool       map[consensus.Observation]map[signing.Address]consensus.Attestation
	order      []consensus.Observation // of the pool
	past       []message
	prices     map[consensus.Round][]int64 // of the honest, in millionths
	now        time.Time
	seen       *sightings
}

// sightings are counted over all runs, so that it can be told that something was tried.
type sightings struct{ runs, certificates, convictions, cosigned, refused, banned, blamed int }

type honestNode struct {
	engine    *consensus.Engine
	ahead     time.Duration // of the true time
	held      map[where]consensus.Observation
	signed    map[where]signing.Digest
	convicted map[where]consensus.Evidence
}

// where is a proposer's place.
type where struct {
	pair     price.Pair
	round    consensus.Round
	proposer signing.Address
}

func whereOf(o consensus.Observation) where { return where{o.Pair, o.Round, o.Proposer} }

type message struct {
	to       int
	data     []byte
	evidence bool
	honest   bool // passed on by an honest node
}

func newByzantine(t *rapid.T, seen *sightings) *byzantine {
	n := rapid.SampledFrom([]int{4, 4, 4, 7, 7, 16}).Draw(t, "members")
	quorum, most := 2*n/3+1, (n-1)/3
	if !rapid.Bool().Draw(t, "two thirds") {
		quorum = rapid.IntRange(2, n).Draw(t, "quorum")
		most = min(quorum-1, n-1)
	}
	b := &byzantine{
		t: t, w: newWorld(t, n), hostile: rapid.IntRange(0, most).Draw(t, "hostile"), seen: seen,
		loss:       rapid.Float64Range(0, 0.5).Draw(t, "loss"),
		slow:       rapid.Float64Range(0, 0.2).Draw(t, "slow"),
		strategies: rapid.SliceOfNDistinct(rapid.SampledFrom(allStrategies()), 1, -1, strategy.String).Draw(t, "strategies"),
		random:     rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)),
		pool:       make(map[consensus.Observation]map[signing.Address]consensus.Attestation),
		prices:     make(map[consensus.Round][]int64),
	}
	b.w.policy.Quorum = quorum
	for i := range n - b.hostile {
		b.nodes = append(b.nodes, &honestNode{
			engine: b.w.engine(i), ahead: time.Duration(b.random.Int64N(int64(skew))) - skew/2,
			held: make(map[where]consensus.Observation), signed: make(map[where]signing.Digest),
			convicted: make(map[where]consensus.Evidence),
		})
	}
	return b
}

// attest returns a signer's attestation and puts it where the hostile ones find it.
func (b *byzantine) attest(o consensus.Observation, signer int) consensus.Attestation {
	a, known := b.pool[o][b.w.keys[signer].Address()]
	if !known {
		a = b.w.attest(o, signer)
		if b.pool[o] == nil {
			b.pool[o] = make(map[signing.Address]consensus.Attestation)
			b.order = append(b.order, o)
		}
		b.pool[o][a.Signer] = a
	}
	return a
}

// round has the honest nodes fetch prices and some of them propose, and lets the hostile ones act while messages travel.
func (b *byzantine) round(r consensus.Round, acts int) {
	b.now = r.Start().Add(skew)
	spread := 1 + b.random.Int64N(30_000)*3_000
	b.underWay, b.delayed = append(b.underWay, b.delayed...), nil
	for i, node := range b.nodes {
		if b.random.IntN(10) == 0 {
			continue // fetches nothing, and signs nothing
		}
		own := 3_000_000_000 + b.random.Int64N(spread)
		b.prices[r] = append(b.prices[r], own)
		q := price.Quote{Pair: pair, Price: millionths(b.t, own), At: b.now.Add(node.ahead)}
		node.engine.Observe(q)
		if b.random.IntN(len(b.nodes)) >= 3 {
			continue
		}
		o := node.engine.Observation(q, r)
		report := consensus.Report{Network: network, Observation: o, Attestations: []consensus.Attestation{b.attest(o, i)}}
		b.admit(i, report)
	}
	for len(b.underWay) > 0 || acts > 0 {
		if acts > 0 && (len(b.underWay) == 0 || b.random.IntN(10) == 0) {
			acts--
			b.strategies[b.random.IntN(len(b.strategies))].act(b)
			continue
		}
		b.deliverOne()
	}
}

// admit merges what a node signed itself and sends what it knows then.
func (b *byzantine) admit(i int, r consensus.Report) {
	node := b.nodes[i]
	report, c := node.engine.Admit(r, b.now.Add(node.ahead))
	if c.Outcome == consensus.Accepted {
		node.held[whereOf(r.Observation)] = r.Observation
		b.send(i, report.Encode(), false, 4)
	}
}

// send puts a message to some other honest nodes under way.
func (b *byzantine) send(from int, data []byte, evidence bool, fanOut int) {
	b.past = append(b.past, message{data: data, evidence: evidence})
	for _, to := range b.random.Perm(len(b.nodes)) {
		m := message{to, data, evidence, true}
		switch {
		case to == from || fanOut == 0:
			continue
		case b.random.Float64() < b.slow:
			b.delayed = append(b.delayed, m)
		case b.random.Float64() >= b.loss:
			b.underWay = append(b.underWay, m)
		}
		fanOut--
	}
}

func (b *byzantine) deliverOne() {
	i := b.random.IntN(len(b.underWay))
	m := b.underWay[i]
	last := len(b.underWay) - 1
	b.underWay[i], b.underWay = b.underWay[last], b.underWay[:last]
	b.now = b.now.Add(time.Millisecond)
	b.deliver(m)
}

// TestByzantineMembers runs networks of 4, 7 and 16 members of which up to quorum - 1 are hostile. More runs:
// -rapid.checks.
func TestByzantineMembers(t *testing.T) {
	t.Parallel()
	var seen sightings
	rapid.Check(t, func(t *rapid.T) {
		b := newByzantine(t, &seen)
		for i := range rapid.IntRange(1, 3).Draw(t, "rounds") {
			b.round(round+consensus.Round(i*600), rapid.IntRange(0, 40).Draw(t, "acts"))
		}
		b.reconcile()
		b.checkCertificates()
		b.checkConvictions()
		seen.runs++
	})
	t.Logf("%+v", seen)
	tried := []int{seen.certificates, seen.convictions, seen.cosigned, seen.refused, seen.blamed}
	if seen.runs >= 100 && slices.Contains(tried, 0) {
		t.Errorf("something was never tried: %+v", seen)
	}
}
