package story

import (
	"slices"
	"sync"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

const (
	// MaxPrices bounds the prices of a book: 32 rounds of 32 pairs and 16 proposers, hours of rounds of a second with one pair
	// and four. They take up to 5 MiB.
	MaxPrices = 1 << 14
	// MaxMarks bounds their signatures and refusals together: in one round all 1024 members may sign 512 prices. They take up to
	// 20 MiB, and where prices have three signers 2 MiB.
	MaxMarks = 1 << 19
)

// Config is what a book is told about its network.
type Config struct {
	Self    signing.Address
	Quorum  int
	Members int // of the roster; 0: an open network
	Settle  time.Duration
}

// Book is what a node has seen of the prices of the last rounds. It is safe for concurrent use. Its memory is bounded by
// MaxPrices and MaxMarks: the oldest rounds go first.
type Book struct {
	cfg Config

	mu     sync.Mutex // guards all below; held for no longer than it takes to copy a round
	rounds map[consensus.Round]*chapter
	prices map[signing.Digest]*entry
	short  map[consensus.ShortID]*entry // the first of those that begin alike
	marks  int
	silent []signing.Address // at the last look; nil: there was none
}

// chapter is what the book has of one round.
type chapter struct {
	prices []*entry
	silent []signing.Address // shared, never changed
}

// New returns an empty book.
func New(cfg Config) *Book {
	return &Book{
		cfg: cfg, rounds: make(map[consensus.Round]*chapter), prices: make(map[signing.Digest]*entry),
		short: make(map[consensus.ShortID]*entry),
	}
}

// entry returns what is kept of a price, and begins it where there is nothing; nil if there is no room. Called with mu held.
func (b *Book) entry(o consensus.Observation, id signing.Digest) *entry {
	if e, ok := b.prices[id]; ok {
		return e
	}
	if !b.room(o.Round, 1, 0) {
		return nil
	}
	c, ok := b.rounds[o.Round]
	if !ok {
		c = new(chapter)
		b.rounds[o.Round] = c
	}
	e := &entry{id: id, observation: o}
	c.prices = append(c.prices, e)
	b.prices[id] = e
	if _, taken := b.short[consensus.ShortIDOf(id)]; !taken {
		b.short[consensus.ShortIDOf(id)] = e
	}
	return e
}

// room makes room in a round for so many prices and marks by forgetting older rounds, and tells whether there is. Called with
// mu held.
func (b *Book) room(r consensus.Round, prices, marks int) bool {
	for len(b.prices)+prices > MaxPrices || b.marks+marks > MaxMarks {
		oldest := r
		for other := range b.rounds {
			oldest = min(oldest, other)
		}
		if oldest >= r {
			return false
		}
		b.forget(oldest)
	}
	return true
}

// forget forgets a round. Called with mu held.
func (b *Book) forget(r consensus.Round) {
	for _, e := range b.rounds[r].prices {
		b.marks -= e.marks()
		delete(b.prices, e.id)
		if short := consensus.ShortIDOf(e.id); b.short[short] == e {
			delete(b.short, short)
		}
	}
	delete(b.rounds, r)
}

// Only returns a book that holds a copy of one round alone, for what is added to be told once.
func (b *Book) Only(r consensus.Round) *Book {
	only := New(b.cfg)
	b.mu.Lock()
	defer b.mu.Unlock()
	c, ok := b.rounds[r]
	if !ok {
		return only
	}
	for _, e := range c.prices {
		if copied := only.entry(e.observation, e.id); copied != nil {
			*copied = e.clone()
			only.marks += e.marks()
		}
	}
	only.rounds[r].silent = slices.Clone(c.silent)
	return only
}
