package main

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

// place is where at most one price belongs.
type place struct {
	Pair     price.Pair
	Round    uint64
	Proposer string
}

// certificate is how a node's log names one.
type certificate struct {
	place place
	short string // the beginning of its id
}

// sighting is what the nodes' logs say of a certificate.
type sighting struct {
	first   time.Time
	holders []string // services that logged it and have not lost their journal since
	orphan  bool     // every holder lost its journal before it was stored
}

// ledger holds all that was seen: the certificates that nodes told as verified, and the rows that are stored.
type ledger struct {
	quorum     int
	member     func(signing.Address) bool
	market     market
	violations *violations

	mu     sync.Mutex
	seen   map[certificate]*sighting
	rows   map[signing.Digest]certificate
	stored map[certificate]bool
	places map[place][]signing.Digest
	rounds map[uint64]bool
	lost   map[string]time.Time // when a service lost its journal last
}

func newLedger(members []signing.Address, m market, v *violations) *ledger {
	return &ledger{
		quorum: clusterQuorum, market: m, violations: v,
		member: func(a signing.Address) bool { return slices.Contains(members, a) },
		seen:   make(map[certificate]*sighting), rows: make(map[signing.Digest]certificate), stored: make(map[certificate]bool),
		places: make(map[place][]signing.Digest), rounds: make(map[uint64]bool), lost: make(map[string]time.Time),
	}
}

// verified notes that a service told a certificate as verified.
func (l *ledger) verified(service string, at time.Time, c certificate) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.seen[c]
	if s == nil {
		s = &sighting{first: at}
		l.seen[c] = s
	}
	if at.After(l.lost[service]) && !slices.Contains(s.holders, service) {
		s.holders = append(s.holders, service)
		s.orphan = false
	}
}

// loseJournal notes that all a service held is gone.
func (l *ledger) loseJournal(service string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lost[service] = time.Now()
	for c, s := range l.seen {
		if !l.stored[c] && len(s.holders) > 0 {
			s.holders = slices.DeleteFunc(s.holders, func(h string) bool { return h == service })
			s.orphan = len(s.holders) == 0
		}
	}
}

// row checks a stored row and notes it.
func (l *ledger) row(r consensus.Row) {
	if err := r.Verify(l.member, l.quorum); err != nil {
		l.violations.add("every row is a proof", fmt.Sprintf("%s: %v", r.ID, err))
	}
	if !l.market.plausible(r.Price, r.ObservedTime) {
		l.violations.add("no false price", fmt.Sprintf("%s: %s at %s", r.ID, r.Price, r.ObservedTime))
	}
	at := place{r.Pair, uint64(r.RoundTime.Unix()), r.FirstSigner.String()} //nolint:gosec // Verify has refused what is before 1970
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, known := l.rows[r.ID]; known {
		return
	}
	c := certificate{at, r.ID.Short()}
	l.rows[r.ID], l.stored[c], l.rounds[at.Round] = c, true, true
	l.places[at] = append(l.places[at], r.ID)
}

// missing returns the certificates that were told as verified until a time and are not stored; without orphans.
func (l *ledger) missing(until time.Time) map[certificate]sighting {
	l.mu.Lock()
	defer l.mu.Unlock()
	missing := make(map[certificate]sighting)
	for c, s := range l.seen {
		if !l.stored[c] && !s.orphan && !s.first.After(until) {
			missing[c] = *s
		}
	}
	return missing
}

// quorumSince tells whether a price of a proposer, of anybody if it is empty, for a round that began at a time or later, was told
// as verified.
func (l *ledger) quorumSince(since time.Time, proposer string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.seen {
		if int64(c.place.Round) >= since.Unix() && (proposer == "" || c.place.Proposer == proposer) { //nolint:gosec // a time of today
			return true
		}
	}
	return false
}

// doubles returns the places with more than one row.
func (l *ledger) doubles() map[place][]signing.Digest {
	l.mu.Lock()
	defer l.mu.Unlock()
	doubles := make(map[place][]signing.Digest)
	for at, ids := range l.places {
		if len(ids) > 1 {
			doubles[at] = slices.Clone(ids)
		}
	}
	return doubles
}

// ids returns the ids of all rows that were seen.
func (l *ledger) ids() map[string]bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	ids := make(map[string]bool, len(l.rows))
	for id := range l.rows {
		ids[id.String()] = true
	}
	return ids
}

// proposers returns whose prices are stored.
func (l *ledger) proposers() map[string]bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	proposers := make(map[string]bool)
	for at := range l.places {
		proposers[at.Proposer] = true
	}
	return proposers
}

// totals are the numbers of a run, until a certain time.
type totals struct {
	certificates, stored, orphans int
	rounds, priced                int // from the first one with a price; those with one
}

// totals counts the certificates that were told until a time, and the rounds whose prices could be stored by then.
func (l *ledger) totals(until time.Time) totals {
	l.mu.Lock()
	defer l.mu.Unlock()
	var t totals
	for c, s := range l.seen {
		switch {
		case s.first.After(until):
			continue
		case l.stored[c]:
			t.stored++
		case s.orphan:
			t.orphans++
		}
		t.certificates++
	}
	first, step := l.firstRound(), int64(interval/time.Second)
	last := until.Add(-interval-settle-flush).Unix() / step * step
	for round := first; first > 0 && round <= last; round += step {
		t.rounds++
		if l.rounds[uint64(round)] { //nolint:gosec // a time of today
			t.priced++
		}
	}
	return t
}

// firstRound returns the first round that has a row, 0 if there is none. The ledger is locked.
func (l *ledger) firstRound() int64 {
	var first int64
	for round := range l.rounds {
		if start := int64(round); first == 0 || start < first { //nolint:gosec // a time of today
			first = start
		}
	}
	return first
}
