package main

import "slices"

// holding is what the faults of an episode have taken hold of.
type holding struct {
	most  int // nodes that may have something wrong
	liars int // nodes that may give wrong prices
	taken []hold
	nodes []int // that have something wrong
	lying []int
}

type hold struct {
	part part
	node int
}

// take takes hold for a fault, unless another one holds the same already or too many nodes would have something wrong.
func (h *holding) take(k kind, nodes []int, all int) bool {
	holds := []hold{{part: k.part}}
	if k.most > 0 {
		holds = holds[:0]
		for _, n := range nodes {
			holds = append(holds, hold{k.part, n})
		}
	}
	if k.part == wholeCluster {
		holds = holds[:0]
		for n := range all {
			holds = append(holds, hold{wholeNode, n + 1})
		}
	}
	for _, wanted := range holds {
		if slices.Contains(h.taken, wanted) || h.linked(wanted) {
			return false
		}
	}
	if h.over(h.nodes, nodes, h.most) || (k.lies && h.over(h.lying, nodes, h.liars)) {
		return false
	}
	h.taken = append(h.taken, holds...)
	h.nodes = union(h.nodes, nodes)
	if k.lies {
		h.lying = union(h.lying, nodes)
	}
	return true
}

// linked tells whether the database is held where a line to it is wanted, or the other way round.
func (h *holding) linked(wanted hold) bool {
	return slices.ContainsFunc(h.taken, func(other hold) bool {
		return wanted.part == databaseOfOne && other.part == theDatabase || wanted.part == theDatabase && other.part == databaseOfOne
	})
}

// over tells whether so many nodes more would be too many.
func (*holding) over(have, more []int, most int) bool { return len(union(have, more)) > most }

func union(a, b []int) []int {
	all := append(slices.Clone(a), b...)
	slices.Sort(all)
	return slices.Compact(all)
}
