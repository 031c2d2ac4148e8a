package latest

import "github.com/gossip-price/gossip-price/global/price"

// SpareRounds is how many rounds before the latest complete one a Book holds.
const SpareRounds = spareRounds

// Held returns how many certificates of a pair are held.
func (b *Book) Held(pair price.Pair) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for _, certificates := range b.pages[pair].rounds {
		n += len(certificates)
	}
	return n
}
