package archive

import (
	"iter"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/global/price"
)

// Span is a range of rounds, both ends in it.
type Span struct{ From, Until consensus.Round }

// indexes is a span counted in rounds.
type indexes struct{ first, last uint64 }

func (t *Tree) indexes(s Span) indexes {
	return indexes{uint64((s.From + t.step - 1) / t.step), uint64(s.Until / t.step)}
}

// width returns how many rounds a bucket of the level has.
func width(level int) uint64 {
	w := uint64(1)
	for range level {
		w *= fan
	}
	return w
}

// of returns the rounds of a bucket that are in the range, and whether there are any.
func (r indexes) of(b bucket) (indexes, bool) {
	w := width(b.level)
	cut := indexes{max(r.first, b.index*w), min(r.last, b.index*w+w-1)}
	return cut, cut.first <= cut.last
}

// buckets returns the few that hold the whole span, for each pair: one or two of the lowest level that is wide enough. At
// least of level 1, so that their children are asked for.
func (t *Tree) buckets(r indexes) []bucket {
	if r.first > r.last {
		return nil
	}
	level := 1
	for level < levels && width(level) < r.last-r.first+1 {
		level++
	}
	var list []bucket
	for _, pair := range t.pairs {
		for i := r.first / width(level); i <= r.last/width(level) && len(list) < MaxBuckets; i++ {
			list = append(list, bucket{pair, level, i})
		}
	}
	return list
}

// total returns the sum of what is held of a pair in the range. Called with mu held.
func (t *Tree) total(pair price.Pair, r indexes) sum {
	var total sum
	for _, b := range t.buckets(r) {
		if b.pair == pair {
			total.add(t.within(b, r))
		}
	}
	return total
}

// within returns the sum of what a bucket holds of the range: its own where it lies inside, else that of its children.
// Called with mu held.
func (t *Tree) within(b bucket, r indexes) sum {
	cut, some := r.of(b)
	if !some {
		return sum{}
	}
	if b.level == 0 {
		return sumOf(t.rounds[leaf{b.pair, consensus.Round(b.index) * t.step}]...)
	}
	s, held := t.sums[b]
	if !held || cut.last-cut.first+1 == width(b.level) {
		return s
	}
	var total sum
	for child := range b.children() {
		total.add(t.within(child, r))
	}
	return total
}

// children returns the buckets that a bucket consists of, in their order.
func (b bucket) children() iter.Seq[bucket] {
	return func(yield func(bucket) bool) {
		for i := range uint64(fan) {
			if !yield(bucket{b.pair, b.level - 1, b.index*fan + i}) {
				return
			}
		}
	}
}
