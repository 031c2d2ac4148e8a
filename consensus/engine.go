package consensus

import (
	"sync"
	"time"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/global/price"
)

// Engine holds the live reports of one node and decides what becomes of them. It is safe for concurrent use. Its memory
// is bounded: for each proposer, pair and round whose time is not over, one tally, with at most as many strangers'
// signatures as the roster has members, and one conviction; maxUnsaved certificates whose time is over but that nobody
// has saved; the members that were heard of in the current rounds and a few before, and who passed; two rounds for each
// member that was ever convicted; the last maxChecks signatures that were recovered. Evidence itself is not held.
type Engine struct {
	policy Policy
	hasher Hasher // of the pairs that are served, and of no others
	cores  *cores

	verifySignature func(signing.Digest, signing.Address, signing.Signature) error // signing.Verify; tests count its calls

	mu        sync.Mutex // guards all below; never held across I/O or the recovery of a signature
	tallies   map[Observation]*tally
	places    map[place]Observation
	proposers map[slot]int               // places taken in a slot
	undecided map[Observation]*tally     // not yet signed or refused by this node
	unsaved   map[Observation]*tally     // whose certificate has grown since it was last saved
	shed      int                        // of them, forgotten since TakeShed
	quotes    map[price.Pair]price.Quote // the own price, the last one of each pair
	swept     Round                      // when old tallies and convictions were last forgotten
	checks    checks
	pace      pace
	heard     map[Round]map[signing.Address]conduct // what was seen of members, in the last rounds
	reluctant map[signing.Address]struct{}          // members who passed last, in a round before those

	convicted map[slot]map[signing.Address]struct{} // proposers with two observations, until the round is forgotten
	offenders map[signing.Address]offences          // members of the roster alone
}

// slot is where a proposer may propose once.
type slot struct {
	pair  price.Pair
	round Round
}

// place is one proposer's right to one observation in a slot.
type place struct {
	slot
	proposer signing.Address
}

// maxUnsaved bounds the certificates that outlive their time because the journal does not take them.
const maxUnsaved = 4096

// NewEngine returns an engine that holds nothing.
func NewEngine(p Policy) *Engine {
	return &Engine{
		policy:    p,
		hasher:    NewHasher(signing.NewDomain(p.Network), p.Pairs...),
		cores:     newCores(),
		tallies:   make(map[Observation]*tally),
		places:    make(map[place]Observation),
		proposers: make(map[slot]int),
		undecided: make(map[Observation]*tally),
		unsaved:   make(map[Observation]*tally),
		quotes:    make(map[price.Pair]price.Quote),
		convicted: make(map[slot]map[signing.Address]struct{}),
		offenders: make(map[signing.Address]offences),
		heard:     make(map[Round]map[signing.Address]conduct),
		reluctant: make(map[signing.Address]struct{}),
		checks:    checks{table: make(map[signed]*check)},

		verifySignature: signing.Verify,
	}
}

// Change tells what a report or evidence did.
type Change struct {
	Outcome     Outcome
	ID          signing.Digest // zero unless Outcome is Accepted
	Observation Observation
	New         []signing.Address // the signers that the report brought
	Signers     int               // known now
	Quorum      bool              // reached by this very report
	First       time.Time         // when this node first had the observation; zero unless Outcome is Accepted
	Evidence    *Evidence         // that convicted a place just now, for the node to keep and to publish; else nil
}

// hold returns the observation's tally and makes it, with its place, where there is none. Called with mu held.
func (e *Engine) hold(o Observation, id signing.Digest, now time.Time) *tally {
	if t, ok := e.tallies[o]; ok {
		return t
	}
	e.sweep(now)
	t := newTally(o, id)
	t.stages = stages{first: now, delay: e.stageDelay(), window: e.policy.Quorum - 1}
	e.tallies[o], e.undecided[o] = t, t
	e.places[placeOf(o)] = o
	e.proposers[slot{o.Pair, o.Round}]++
	return t
}

func placeOf(o Observation) place { return place{slot{o.Pair, o.Round}, o.Proposer} }

// add merges verified attestations of unknown signers. Called with mu held.
func (e *Engine) add(t *tally, attestations []Attestation, now time.Time) Change {
	before := t.certified
	e.advance(t, now)
	c := Change{Outcome: Accepted, ID: t.id, Observation: t.observation, First: t.stages.first}
	c.Quorum = t.add(attestations, &e.policy, now)
	c.Signers = len(t.attestations)
	for _, a := range attestations {
		c.New = append(c.New, a.Signer)
		e.hear(t, a.Signer, now)
	}
	if c.Quorum {
		e.miss(t)
	}
	if t.certified > before {
		e.unsaved[t.observation] = t
	}
	return c
}

// sweep forgets what is over, once a round: new tallies and convictions are all that takes memory, so they pay for it.
// Called with mu held.
func (e *Engine) sweep(now time.Time) {
	current := RoundAt(now, e.policy.Interval)
	if current == e.swept {
		return
	}
	e.swept = current
	for o, t := range e.tallies {
		if now.Before(e.policy.forgetAt(o.Round)) {
			continue
		}
		if _, unsaved := e.unsaved[o]; unsaved {
			if len(e.unsaved) <= maxUnsaved {
				continue
			}
			e.shed++
		}
		e.forget(t)
	}
	e.forgetHeard(now)
	for s := range e.convicted {
		if !now.Before(e.policy.forgetAt(s.round)) {
			delete(e.convicted, s)
		}
	}
}

func (e *Engine) forget(t *tally) {
	o := t.observation
	delete(e.tallies, o)
	delete(e.undecided, o)
	delete(e.unsaved, o)
	delete(e.places, placeOf(o))
	s := slot{o.Pair, o.Round}
	if e.proposers[s]--; e.proposers[s] == 0 {
		delete(e.proposers, s)
	}
}

// full tells whether a slot takes no further proposer. With a roster its members are the bound. Called with mu held.
func (e *Engine) full(o Observation) bool {
	return e.policy.Roster.Open() && e.proposers[slot{o.Pair, o.Round}] >= global.MaxOpenProposers
}
