package consensus_test

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/global/price"
)

// millionths returns a price of so many millionths.
func millionths(t failer, n int64) price.Price {
	t.Helper()
	return parsePrice(t, fmt.Sprintf("%d.%06d", n/1_000_000, n%1_000_000))
}

// checkPrice: lowest honest price less the deviation <= price <= highest one and the deviation, exactly.
func (b *byzantine) checkPrice(o consensus.Observation) {
	honest := b.prices[o.Round]
	if len(honest) == 0 {
		b.t.Fatalf("nobody saw a price, but a quorum signed %+v", o)
	}
	scaled := func(p price.Price, factor uint64) *big.Int {
		return new(big.Int).Mul(new(big.Int).SetBytes(p.Bytes()), new(big.Int).SetUint64(factor))
	}
	low, high := millionths(b.t, slices.Min(honest)), millionths(b.t, slices.Max(honest))
	got := scaled(o.Price, 1_000_000)
	if got.Cmp(scaled(low, 1_000_000-b.w.policy.MaxDeviation)) < 0 || got.Cmp(scaled(high, 1_000_000+b.w.policy.MaxDeviation)) > 0 {
		b.t.Fatalf("a quorum signed %s, honest nodes saw %s to %s", o.Price, low, high)
	}
}
