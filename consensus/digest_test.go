package consensus_test

import (
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common/math"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/signer/core/apitypes"
	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// typedData is an observation as any wallet would be asked to sign it (section 2).
func typedData(networkName string, o consensus.Observation) apitypes.TypedData {
	number := func(v uint64) *math.HexOrDecimal256 { return (*math.HexOrDecimal256)(new(big.Int).SetUint64(v)) }
	return apitypes.TypedData{
		Types: apitypes.Types{
			"EIP712Domain": {{Name: "name", Type: "string"}, {Name: "version", Type: "string"}, {Name: "salt", Type: "bytes32"}},
			"Price": {
				{Name: "pair", Type: "string"},
				{Name: "price", Type: "uint256"},
				{Name: "round", Type: "uint64"},
				{Name: "observedAt", Type: "uint64"},
				{Name: "proposer", Type: "address"},
			},
		},
		PrimaryType: "Price",
		Domain: apitypes.TypedDataDomain{
			Name: "gossip-price", Version: "1", Salt: crypto.Keccak256Hash([]byte(networkName)).Hex(),
		},
		Message: apitypes.TypedDataMessage{
			"pair":       string(o.Pair),
			"price":      (*math.HexOrDecimal256)(new(big.Int).SetBytes(o.Price.Bytes())),
			"round":      number(uint64(o.Round)),
			"observedAt": number(uint64(o.ObservedAt)),
			"proposer":   o.Proposer.String(),
		},
	}
}

func TestDigestAgainstTypedData(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		networkName := rapid.StringMatching(`[a-z0-9][a-z0-9-]{0,31}`).Draw(t, "network")
		o := observations().Draw(t, "observation")
		want, _, err := apitypes.TypedDataAndHash(typedData(networkName, o))
		if got := o.Digest(signing.NewDomain(networkName)); err != nil || signing.Digest(want) != got {
			t.Fatalf("Digest = %s, apitypes has %x, %v", got, want, err)
		}
	})
}

// TestDigestCommitsToAll changes one thing at a time.
func TestDigestCommitsToAll(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	seen := make(map[signing.Digest]string)
	for name, change := range map[string]func(o *consensus.Observation){
		"nothing":     func(*consensus.Observation) {},
		"pair":        func(o *consensus.Observation) { o.Pair = "ETH-USDC" },
		"price":       func(o *consensus.Observation) { o.Price = parsePrice(t, "3000.000000000000000001") },
		"round":       func(o *consensus.Observation) { o.Round++ },
		"observed at": func(o *consensus.Observation) { o.ObservedAt++ },
		"proposer":    func(o *consensus.Observation) { o.Proposer[19]++ },
	} {
		o := w.observation(0)
		change(&o)
		d := o.Digest(w.domain)
		if other, taken := seen[d]; taken {
			t.Errorf("%s and %s have one digest", name, other)
		}
		seen[d] = name
	}
	if d := w.observation(0).Digest(signing.NewDomain("other")); seen[d] != "" {
		t.Error("two networks share a digest")
	}
}

func BenchmarkDigest(b *testing.B) {
	w := newWorld(b, 1)
	o := w.observation(0)
	b.ReportAllocs()
	for b.Loop() {
		o.Digest(w.domain)
	}
}
