package signing_test

import (
	"encoding/json"
	"errors"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common/math"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/signer/core/apitypes"
	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

// TestDigestAgainstTypedData compares struct hashes of every kind of word with go-ethereum's own EIP-712.
func TestDigestAgainstTypedData(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		network := rapid.String().Draw(t, "network")
		text := rapid.String().Draw(t, "text")
		number := rapid.Uint64().Draw(t, "number")
		who := addresses().Draw(t, "who")
		word := digests().Draw(t, "word")
		got := signing.NewDomain(network).Digest(
			signing.TypeWord("Thing(string text,uint64 number,address who,bytes32 word)"),
			signing.StringWord(text), signing.UintWord(number), signing.AddressWord(who), signing.Word(word))
		want, _, err := apitypes.TypedDataAndHash(apitypes.TypedData{
			Types: apitypes.Types{
				"EIP712Domain": {{Name: "name", Type: "string"}, {Name: "version", Type: "string"}, {Name: "salt", Type: "bytes32"}},
				"Thing": {
					{Name: "text", Type: "string"},
					{Name: "number", Type: "uint64"},
					{Name: "who", Type: "address"},
					{Name: "word", Type: "bytes32"},
				},
			},
			PrimaryType: "Thing",
			Domain: apitypes.TypedDataDomain{
				Name: "gossip-price", Version: "1", Salt: crypto.Keccak256Hash([]byte(network)).Hex(),
			},
			Message: apitypes.TypedDataMessage{
				"text": text, "number": (*math.HexOrDecimal256)(new(big.Int).SetUint64(number)),
				"who": who.String(), "word": word[:],
			},
		})
		if err != nil || signing.Digest(want) != got {
			t.Fatalf("Digest = %s, apitypes has %x, %v", got, want, err)
		}
	})
}

func TestDomainsDiffer(t *testing.T) {
	t.Parallel()
	seen := make(map[signing.Digest]string)
	for _, network := range []string{"", "gossip-price", "gossip-price2", "Gossip-price"} {
		d := signing.NewDomain(network).Digest(signing.UintWord(1))
		if other, taken := seen[d]; taken {
			t.Errorf("%q and %q share a domain", network, other)
		}
		seen[d] = network
	}
}

func TestDigestForms(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := digests().Draw(t, "digest")
		if want := "0x" + hexOf(d[:]); d.String() != want || d.Short() != want[:10] {
			t.Fatalf("String = %s, Short = %s, want %s", d, d.Short(), want)
		}
		if back, err := signing.ParseDigest(d.String()); err != nil || back != d {
			t.Fatalf("ParseDigest = %s, %v", back, err)
		}
		b, err := json.Marshal(d)
		var back signing.Digest
		if err != nil || json.Unmarshal(b, &back) != nil || back != d {
			t.Fatalf("JSON %s read back = %s, %v", b, back, err)
		}
	})
}

func TestParseDigestRefuses(t *testing.T) {
	t.Parallel()
	good := "0x" + strings.Repeat("ab", 32)
	for name, in := range map[string]string{
		"empty":         "",
		"no prefix":     good[2:],
		"other prefix":  "0X" + good[2:],
		"short":         good[:65],
		"odd":           good + "a",
		"long":          good + "ab",
		"upper case":    "0x" + strings.Repeat("AB", 32),
		"not hex":       good[:64] + "gg",
		"white space":   " " + good[:65],
		"non-ASCII":     good[:64] + "é",
		"sign":          "0x-" + good[3:],
		"line feed":     good[:65] + "\n",
		"zero byte":     good[:65] + "\x00",
		"prefix inside": "0x0x" + good[4:],
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := signing.ParseDigest(in)
			if !errors.Is(err, global.ErrMalformed) || d != (signing.Digest{}) {
				t.Errorf("ParseDigest(%q) = %s, %v", in, d, err)
			}
			kept := signing.Digest{1}
			if err := kept.UnmarshalText([]byte(in)); !errors.Is(err, global.ErrMalformed) || kept != (signing.Digest{1}) {
				t.Errorf("UnmarshalText(%q) = %s, %v", in, kept, err)
			}
		})
	}
}

func BenchmarkDigest(b *testing.B) {
	domain := signing.NewDomain("gossip-price")
	b.ReportAllocs()
	for b.Loop() {
		domain.Digest(
			signing.TypeWord("Price(string pair,uint256 price,uint64 round,uint64 observedAt,address proposer)"),
			signing.StringWord("ETH-USD"), signing.UintWord(1), signing.UintWord(2), signing.UintWord(3),
			signing.AddressWord(signing.Address{1}))
	}
}
