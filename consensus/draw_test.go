package consensus_test

import (
	"math/big"

	"github.com/ethereum/go-ethereum/crypto"
	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

// The last instants that have an RFC 3339 form: the end of the year 9999.
const (
	lastRound  = 253402300799
	lastMillis = 253402300799_999
)

// observations draws from everything that a node can have observed.
func observations() *rapid.Generator[consensus.Observation] {
	return rapid.Custom(func(t *rapid.T) consensus.Observation {
		return consensus.Observation{
			Pair:       price.Pair(rapid.StringMatching(`[A-Z0-9]{1,12}-[A-Z0-9]{1,12}`).Draw(t, "pair")),
			Price:      prices().Draw(t, "price"),
			Round:      consensus.Round(rapid.Uint64Range(1, lastRound).Draw(t, "round")),
			ObservedAt: consensus.Millis(rapid.Uint64Range(1, lastMillis).Draw(t, "observedAt")),
			Proposer:   addresses().Draw(t, "proposer"),
		}
	})
}

// prices draws from 10^-18 to 10^20 - 10^-18.
func prices() *rapid.Generator[price.Price] {
	return rapid.Custom(func(t *rapid.T) price.Price {
		whole := rapid.StringMatching(`[0-9]{1,20}`).Draw(t, "whole")
		fraction := rapid.StringMatching(`[0-9]{17}[1-9]`).Draw(t, "fraction")
		return parsePrice(t, whole+"."+fraction)
	})
}

func addresses() *rapid.Generator[signing.Address] {
	return rapid.Custom(func(t *rapid.T) signing.Address {
		return signing.Address(rapid.SliceOfN(rapid.Byte(), 20, 20).Draw(t, "address"))
	})
}

// reports draws reports of the right form; their signatures are real but of other digests.
func reports() *rapid.Generator[consensus.Report] {
	return rapid.Custom(func(t *rapid.T) consensus.Report {
		r := consensus.Report{
			Network:     rapid.StringMatching(`[a-z0-9][a-z0-9-]{0,31}`).Draw(t, "network"),
			Observation: observations().Draw(t, "observation"),
		}
		signers := rapid.SliceOfNDistinct(addresses(), 0, 5, rapid.ID).Draw(t, "signers")
		for _, signer := range append(signers, r.Observation.Proposer) {
			r.Attestations = append(r.Attestations, consensus.Attestation{Signer: signer, Signature: anySignature(t)})
		}
		return inOrder(r)
	})
}

func anySignature(t *rapid.T) signing.Signature {
	k := makeKeys(t, 1)[0]
	signature, err := k.Sign(signing.Digest(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "digest")))
	if err != nil {
		t.Fatalf("Sign = %v", err)
	}
	return signature
}

// signWithNonce makes a low-s signature with a nonce of one's own choice.
func signWithNonce(k signing.Key, d signing.Digest, nonce int64) []byte {
	curve := crypto.S256()
	n := curve.Params().N
	x, y := curve.ScalarBaseMult(big.NewInt(nonce).Bytes())
	secret := k.Secret()
	s := new(big.Int).Mul(x, new(big.Int).SetBytes(secret[:]))
	s.Add(s, new(big.Int).SetBytes(d[:])).Mul(s, new(big.Int).ModInverse(big.NewInt(nonce), n)).Mod(s, n)
	v := byte(27 + y.Bit(0))
	if s.Cmp(new(big.Int).Rsh(n, 1)) > 0 {
		s.Sub(n, s)
		v = 27 + 28 - v
	}
	b := make([]byte, 65)
	x.FillBytes(b[:32])
	s.FillBytes(b[32:64])
	b[64] = v
	return b
}
