package main

import (
	"math/rand/v2"
	"slices"
	"time"
)

const (
	// brisk is the length up to which a plan packs its faults closely.
	brisk = 15 * time.Minute
	// briskLongest bounds the length of a fault in such a plan.
	briskLongest = 12 * time.Second
	// spread is how far the beginnings of an episode's faults lie apart.
	spread = 5 * time.Second
	// settled is how long the cluster runs before the first fault.
	settled = 5 * time.Second
)

// calm is how long all is well at the end of a plan.
func calm(length time.Duration) time.Duration {
	return min(max(length/4, 50*time.Second), 3*time.Minute)
}

// planner draws a plan. What it draws depends on the seed, the length, the nodes and the kinds alone.
type planner struct {
	random *rand.Rand
	length time.Duration
	nodes  int
	quorum int
	deck   []kind // of those that are left of the last shuffle: every kind comes before one comes twice
	kinds  []kind
}

// draw returns the faults of a plan in the order in which they begin.
func draw(seed uint64, length time.Duration, nodes, quorum int, all []kind) []fault {
	p := planner{random: rand.New(rand.NewPCG(seed, 0)), length: length, nodes: nodes, quorum: quorum, kinds: all} //nolint:gosec // drawn again by whoever replays
	var plan []fault
	at := settled
	for episode := 1; ; episode++ {
		faults := p.episode(episode, at)
		end := at
		for _, f := range faults {
			end = max(end, f.end().duration())
		}
		if end > length-calm(length) {
			break
		}
		plan = append(plan, faults...)
		at = end + p.between(p.gap())
	}
	slices.SortStableFunc(plan, func(a, b fault) int { return int(a.At - b.At) })
	for i := range plan {
		plan[i].Number = i + 1
	}
	return plan
}

func (p *planner) gap() (shortest, longest time.Duration) {
	if p.length <= brisk {
		return 3 * time.Second, 8 * time.Second
	}
	return 8 * time.Second, 25 * time.Second
}

// episode draws one to four faults that don't take hold of the same part.
func (p *planner) episode(number int, at time.Duration) []fault {
	size := 1 + p.random.IntN(3)
	if p.length <= brisk {
		size = 2 + p.random.IntN(3)
	}
	// Mostly a quorum of nodes has nothing wrong with it.
	hit := holding{most: p.nodes - p.quorum, liars: p.quorum - 1}
	if p.random.IntN(6) == 0 {
		hit.most = p.nodes
	}
	var faults []fault
	for range size {
		if f, ok := p.next(&hit, at); ok {
			f.Episode = number
			faults = append(faults, f)
		}
	}
	return faults
}

// next takes the first kind of the deck for which there is room in the episode.
func (p *planner) next(hit *holding, at time.Duration) (fault, bool) {
	if len(p.deck) < len(p.kinds) { // so there is nearly always one that fits
		more := slices.Clone(p.kinds)
		p.random.Shuffle(len(more), func(i, j int) { more[i], more[j] = more[j], more[i] })
		p.deck = append(p.deck, more...)
	}
	for i, k := range p.deck {
		nodes := p.choose(k)
		if !hit.take(k, nodes, p.nodes) {
			continue
		}
		p.deck = slices.Delete(p.deck, i, i+1)
		longest := k.longest
		if p.length <= brisk {
			longest = max(k.shortest, min(longest, briskLongest))
		}
		return fault{
			Kind: k.name, Nodes: nodes, Offset: p.offset(k),
			At: millisOf(at + p.between(0, spread)), Lasts: millisOf(p.between(k.shortest, longest)),
		}, true
	}
	return fault{}, false
}

func (p *planner) choose(k kind) []int {
	count := k.most
	if count == 0 {
		return nil
	}
	if k.part != wholeCluster && count > 1 {
		count = 1 + p.random.IntN(count)
	}
	chosen := p.random.Perm(p.nodes)[:count]
	for i := range chosen {
		chosen[i]++
	}
	slices.Sort(chosen)
	return chosen
}

// offset draws how wrong a clock is.
func (p *planner) offset(k kind) millis {
	if k.part != itsClock {
		return 0
	}
	sizes := []time.Duration{2 * time.Second, 10 * time.Second, 5 * time.Minute, 6 * time.Hour}
	offset := p.between(sizes[0], sizes[1])
	if i := p.random.IntN(len(sizes)); i > 0 {
		offset = p.between(sizes[i-1], sizes[i])
	}
	if p.random.IntN(2) == 0 {
		offset = -offset
	}
	return millisOf(offset)
}

func (p *planner) between(shortest, longest time.Duration) time.Duration {
	if longest <= shortest {
		return shortest
	}
	return shortest + time.Duration(p.random.Int64N(int64(longest-shortest)))
}
