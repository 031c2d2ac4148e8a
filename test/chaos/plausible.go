package main

import (
	"fmt"
	"time"

	"github.com/gossip-price/gossip-price/global/price"
)

const (
	// deviation is by how much, in millionths, a stored price may differ from a right one: that of the nodes' setting, 1 %.
	deviation = 10_000
	// around is how far from the time of observation the right one may lie: the allowed difference of two clocks, and how
	// old a price may be by which a node judges.
	around = 20 * time.Second
)

// plausible tells whether a price is a right one of about that time.
func (m market) plausible(p price.Price, observed time.Time) bool {
	for at := observed.Add(-around); !at.After(observed.Add(around)); at = at.Add(marketStep) {
		cents := m.at(at)
		right, err := price.Parse(fmt.Sprintf("%d.%02d", cents/100, cents%100))
		if err == nil && p.Within(right, deviation) {
			return true
		}
	}
	return false
}
