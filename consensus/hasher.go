package consensus

import (
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

// Hasher makes the digests of one network's prices. What does not change from one observation to the next it has hashed
// before: of a digest's five blocks of keccak, which take as long as all else that a report needs but its recoveries, that
// saves two.
type Hasher struct {
	domain signing.Domain
	kind   signing.Word
	pairs  map[price.Pair]signing.Word
}

// NewHasher returns the one of a domain that has hashed these pairs before; it makes digests of others too.
func NewHasher(domain signing.Domain, pairs ...price.Pair) Hasher {
	h := Hasher{domain, signing.TypeWord(priceType), make(map[price.Pair]signing.Word, len(pairs))}
	for _, pair := range pairs {
		h.pairs[pair] = signing.StringWord(string(pair))
	}
	return h
}

// Digest is Observation.Digest.
func (h Hasher) Digest(o Observation) signing.Digest {
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
