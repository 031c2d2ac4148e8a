package consensus

import (
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

// hasher makes digests. What does not change from one observation to the next it has hashed before: of a digest's five
// blocks of keccak, which take as long as all else that a report needs but its recoveries, that saves two.
type hasher struct {
	domain signing.Domain
	kind   signing.Word
	pairs  map[price.Pair]signing.Word
}

func newHasher(domain signing.Domain, pairs []price.Pair) hasher {
	h := hasher{domain, signing.TypeWord(priceType), make(map[price.Pair]signing.Word, len(pairs))}
	for _, pair := range pairs {
		h.pairs[pair] = signing.StringWord(string(pair))
	}
	return h
}

func (h hasher) digest(o Observation) signing.Digest {
	pair, known := h.pairs[o.Pair]
	if !known {
		pair = signing.StringWord(string(o.Pair))
	}
	return h.domain.Digest(
		h.kind,
		pair,
		signing.Word(o.Price.Word()),
		signing.UintWord(uint64(o.Round)),
		signing.UintWord(uint64(o.ObservedAt)),
		signing.AddressWord(o.Proposer),
	)
}
