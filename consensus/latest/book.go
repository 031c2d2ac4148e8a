package latest

import (
	"iter"
	"maps"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

const (
	// MaxHeld bounds the certificates of a pair that a Book holds. Held are the latest complete round, those after it and a few
	// before it; where more come, as when a node catches up, the oldest round goes.
	MaxHeld = 16384
	// spareRounds is how many rounds before the latest complete one are held: they count again where all proposers of the later
	// ones are convicted. Evidence comes within the round or soon after it.
	spareRounds = 8
	// maxConvictions bounds the convictions of a pair that a Book holds: beyond it those of the oldest round go.
	maxConvictions = 4096
)

// Book holds the certificates of the latest rounds of a node's pairs in memory. It is safe for concurrent use.
type Book struct {
	interval, settle, skew time.Duration

	mu    sync.Mutex // guards all below
	pages map[price.Pair]*page
}

// page is what a Book holds of a pair.
type page struct {
	rounds      map[consensus.Round]map[signing.Digest]consensus.Certificate
	convicted   map[consensus.Round]map[signing.Address]struct{}
	held        int // certificates
	convictions int
	floor       consensus.Round // rounds before it are forgotten
	complete    consensus.Round // the latest one with a price; 0: none
	next        time.Time       // when a later one is complete by what is held; zero: to be found out
	chosen      *Price          // of the latest complete round; nil: to be chosen
}

// changed has everything that follows from the certificates and convictions found out anew.
func (p *page) changed() { p.next, p.chosen = time.Time{}, nil }

// NewBook returns a book of the policy's pairs that holds nothing.
func NewBook(p consensus.Policy) *Book {
	b := &Book{interval: p.Interval, settle: p.Settle, skew: p.Skew, pages: make(map[price.Pair]*page)}
	for _, pair := range p.Pairs {
		b.pages[pair] = &page{
			rounds:    make(map[consensus.Round]map[signing.Digest]consensus.Certificate),
			convicted: make(map[consensus.Round]map[signing.Address]struct{}),
		}
	}
	return b
}

// Add takes certificates that are verified. One with more attestations takes the place of the one that is there.
func (b *Book) Add(certificates []consensus.Certificate, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range certificates {
		if p := b.pages[c.Observation.Pair]; p != nil && c.Observation.Round >= p.floor {
			p.add(c)
		}
	}
	for _, p := range b.pages {
		b.turn(p, now)
	}
}

// Convict leaves out the prices of a proposer in a round of which there is evidence against it (section 3.8).
func (b *Book) Convict(e consensus.Evidence) {
	b.mu.Lock()
	defer b.mu.Unlock()
	o := e.First.Observation
	p := b.pages[o.Pair]
	if p == nil || o.Round < p.floor {
		return
	}
	if p.convicted[o.Round] == nil {
		p.convicted[o.Round] = make(map[signing.Address]struct{})
	}
	before := len(p.convicted[o.Round])
	p.convicted[o.Round][o.Proposer] = struct{}{}
	if p.convictions += len(p.convicted[o.Round]) - before; p.convictions > maxConvictions {
		oldest := slices.Min(slices.Collect(maps.Keys(p.convicted)))
		p.convictions -= len(p.convicted[oldest])
		delete(p.convicted, oldest)
	}
	p.changed()
}

// Latest returns the price of a pair in the latest complete round; none where no round is complete. A round is complete when
// its first certificate has settled, and by the end of the settle period after the round's end it should be.
func (b *Book) Latest(pair price.Pair, now time.Time) (latest Price, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.pages[pair]
	if p == nil {
		return Price{}, false
	}
	b.turn(p, now)
	if p.chosen == nil {
		candidates := slices.Collect(p.candidates(p.complete))
		if len(candidates) == 0 {
			return Price{}, false
		}
		chosen := Choose(candidates)
		p.chosen = &chosen
	}
	latest = *p.chosen
	next := p.complete.Start().Add(b.interval)
	latest.Stale = !now.Before(next.Add(b.interval + b.settle + b.skew))
	return latest, true
}

// turn finds the latest complete round with a price that is not of a convicted proposer, and forgets rounds long before it. Called
// with mu held.
func (b *Book) turn(p *page, now time.Time) {
	if now.Before(p.next) {
		return
	}
	const never = 1000 * time.Hour // until what changes it comes
	complete, next := consensus.Round(0), now.Add(never)
	rounds := slices.Sorted(maps.Keys(p.rounds))
	for _, round := range slices.Backward(rounds) {
		due := b.due(p, round)
		if due.IsZero() { // of convicted proposers alone
			continue
		}
		if round <= p.complete || !now.Before(due) { // what was complete stays so where the clock is set back
			complete = round
			break
		}
		next = earlier(next, due)
	}
	p.next = next
	if complete != p.complete {
		p.complete, p.chosen = complete, nil
	}
	p.forget(rounds)
}

// due returns when a round is complete: the first of its candidates has settled. It is zero where there is none.
func (b *Book) due(p *page, round consensus.Round) (due time.Time) {
	for c := range p.candidates(round) {
		due = earlier(due, c.LastSigned.Add(b.settle))
	}
	return due
}

// earlier returns the earlier one of two instants; a zero one is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

// forget drops those of the rounds, which are sorted, that are before the latest complete one, but for the spare ones.
func (p *page) forget(rounds []consensus.Round) {
	before, _ := slices.BinarySearch(rounds, p.complete)
	spare := before - spareRounds
	if spare <= 0 {
		return
	}
	for _, round := range rounds[:spare] {
		p.drop(round)
	}
	p.floor = rounds[spare]
	for round, convicted := range p.convicted {
		if round < p.floor {
			p.convictions -= len(convicted)
			delete(p.convicted, round)
		}
	}
}

func (p *page) add(c consensus.Certificate) {
	round := c.Observation.Round
	known, held := p.rounds[round][c.ID]
	if held && len(known.Attestations) >= len(c.Attestations) {
		return
	}
	if p.rounds[round] == nil {
		p.rounds[round] = make(map[signing.Digest]consensus.Certificate)
	}
	p.rounds[round][c.ID] = c
	p.changed()
	if !held {
		p.held++
	}
	if p.held > MaxHeld {
		p.dropOldest()
	}
}

// dropOldest drops the oldest round but for the latest complete one.
func (p *page) dropOldest() {
	oldest := consensus.Round(math.MaxUint64)
	for round := range p.rounds {
		if round != p.complete {
			oldest = min(oldest, round)
		}
	}
	p.drop(oldest)
}

func (p *page) drop(round consensus.Round) {
	p.held -= len(p.rounds[round])
	delete(p.rounds, round)
}

// candidates goes through the certificates of a round but for those of convicted proposers.
func (p *page) candidates(round consensus.Round) iter.Seq[consensus.Certificate] {
	return func(yield func(consensus.Certificate) bool) {
		for _, c := range p.rounds[round] {
			if _, convicted := p.convicted[round][c.Observation.Proposer]; !convicted && !yield(c) {
				return
			}
		}
	}
}
