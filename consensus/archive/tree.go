package archive

import (
	"bytes"
	"crypto/sha256"
	"slices"
	"sync"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/global/price"
)

const (
	// fan is how many children a bucket has: a difference costs depth x fan fingerprints.
	fan = 16
	// levels of buckets above the rounds: fan^levels rounds are more than an archive has.
	levels = 5
	// maxRoundIDs bounds the ids of a pair and round: two for each proposer that a roster can have.
	maxRoundIDs = 2 * global.MaxSigners
	// MaxHeld bounds the ids of a tree. Expected are global.MaxArchived; members that propose out of turn can add to them.
	MaxHeld = 2 * global.MaxArchived
)

// Tree is the set of the certificates that a node holds, with fingerprints of ranges of rounds. It is safe for concurrent
// use. Its memory is bounded by MaxHeld: 65,536 ids take 3 MiB with 16 a round, 10 MiB with one.
type Tree struct {
	step  consensus.Round // seconds a round
	pairs []price.Pair    // in their order

	mu     sync.Mutex // guards all below
	floor  consensus.Round
	count  int
	rounds map[leaf][]signing.Digest // ascending
	sums   map[bucket]sum            // of the levels above the rounds, whose own sums are added up when they are asked for
}

// leaf is a pair's round.
type leaf struct {
	pair  price.Pair
	round consensus.Round
}

// bucket is a range of rounds of a pair: fan^level of them, from index x fan^level on, counted from 1970.
type bucket struct {
	pair  price.Pair
	level int
	index uint64
}

// NewTree returns an empty tree for rounds of the interval, a whole number of seconds.
func NewTree(interval time.Duration, pairs []price.Pair) *Tree {
	pairs = slices.Clone(pairs)
	slices.Sort(pairs)
	return &Tree{
		step: consensus.Round(interval / time.Second), pairs: slices.Compact(pairs),
		rounds: make(map[leaf][]signing.Digest), sums: make(map[bucket]sum),
	}
}

// Entry names a certificate.
type Entry struct {
	Pair  price.Pair
	Round consensus.Round
	ID    signing.Digest
}

// Add notes that a certificate is held, and tells whether that is new. Pairs that the tree does not have, rounds that are
// pruned or not of the interval, and more than maxRoundIDs or MaxHeld are left out.
func (t *Tree) Add(e Entry) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := leaf{e.Pair, e.Round}
	ids := t.rounds[l]
	i, held := slices.BinarySearchFunc(ids, e.ID, compareIDs)
	switch {
	case held || !slices.Contains(t.pairs, e.Pair) || e.Round%t.step != 0 || e.Round < t.floor:
		return false
	case len(ids) >= maxRoundIDs || t.count >= MaxHeld:
		return false
	}
	t.rounds[l] = slices.Insert(ids, i, e.ID)
	t.count++
	t.change(l, sumOf(e.ID), (*sum).add)
	return true
}

// Remove notes that a certificate is not held any more.
func (t *Tree) Remove(e Entry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := leaf{e.Pair, e.Round}
	ids := t.rounds[l]
	i, held := slices.BinarySearchFunc(ids, e.ID, compareIDs)
	if !held {
		return
	}
	t.count--
	t.change(l, sumOf(e.ID), (*sum).subtract)
	if t.rounds[l] = slices.Delete(ids, i, i+1); len(t.rounds[l]) == 0 {
		delete(t.rounds, l)
	}
}

// Prune forgets the rounds before the given one, and takes none of them from now on. An earlier one than the last time, by a
// clock that was set back, is taken as it is.
func (t *Tree) Prune(before consensus.Round) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.floor = before
	for l, ids := range t.rounds {
		if l.round >= before {
			continue
		}
		t.count -= len(ids)
		t.change(l, sumOf(ids...), (*sum).subtract)
		delete(t.rounds, l)
	}
}

// Len returns how many certificates are held.
func (t *Tree) Len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.count
}

// Floor returns the first round of which certificates are taken.
func (t *Tree) Floor() consensus.Round {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.floor
}

// IDs returns the ids of a pair and round, in their order.
func (t *Tree) IDs(pair price.Pair, round consensus.Round) []signing.Digest {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.rounds[leaf{pair, round}])
}

// Fingerprint returns that of all pairs' certificates of a span, for a glance: equal ones need no comparison.
func (t *Tree) Fingerprint(s Span) [32]byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	hash := sha256.New()
	for _, pair := range t.pairs {
		total := t.total(pair, t.indexes(s))
		hash.Write([]byte(pair))
		hash.Write([]byte{0})
		hash.Write(total.bytes())
	}
	return [32]byte(hash.Sum(nil))
}

// change brings a sum into those of all buckets around a round, or out of them. Called with mu held.
func (t *Tree) change(l leaf, by sum, do func(*sum, sum)) {
	b := bucket{l.pair, 1, uint64(l.round/t.step) / fan}
	for ; b.level <= levels; b.level, b.index = b.level+1, b.index/fan {
		s := t.sums[b]
		if do(&s, by); s.count == 0 {
			delete(t.sums, b)
			continue
		}
		t.sums[b] = s
	}
}

func compareIDs(a, b signing.Digest) int { return bytes.Compare(a[:], b[:]) }
