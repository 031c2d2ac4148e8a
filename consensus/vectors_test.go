package consensus_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"os"
	"testing"

	"github.com/ethereum/go-ethereum/signer/core/apitypes"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

// The first vector, frozen: a change of these constants breaks every stored proof.
const (
	frozenDigest    = "0x5bc1b75178295e33911532ab487c26aa5b3e3dfc9852dbedd3bf1d870a274884"
	frozenSignature = "0x8e6a498d153998efbadde08d7d5ab444271fe2e72a23fee9e22dd02cd5a37a1b" +
		"13b64cf20a0caa88ede1becf91e1ed1d9b8448f1be23a2b7830b161eccab13751b"
)

// vector is one test vector of testdata/vectors.json, with every step that another implementation can compare.
type vector struct {
	Name            string            `json:"name"`
	Network         string            `json:"network"`
	Pair            price.Pair        `json:"pair"`
	Price           price.Price       `json:"price"`
	Scaled          string            `json:"priceScaled"` // price x 10^18, as the digest has it
	Round           consensus.Round   `json:"round"`
	ObservedAt      consensus.Millis  `json:"observedAt"`
	Proposer        signing.Address   `json:"proposer"`
	DomainSeparator string            `json:"domainSeparator"`
	StructHash      string            `json:"structHash"`
	Digest          signing.Digest    `json:"digest"`
	Signatures      []vectorSignature `json:"signatures"`
	Report          string            `json:"report"` // the encoded message with these attestations, hex
}

type vectorSignature struct {
	PrivateKey string            `json:"privateKey"` // a public development key of Anvil and Hardhat
	Signer     signing.Address   `json:"signer"`
	Signature  signing.Signature `json:"signature"`
}

func (v vector) observation() consensus.Observation {
	return consensus.Observation{
		Pair: v.Pair, Price: v.Price, Round: v.Round, ObservedAt: v.ObservedAt, Proposer: v.Proposer,
	}
}

func TestVectors(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("testdata/vectors.json")
	var vectors []vector
	if err == nil {
		err = json.Unmarshal(file, &vectors)
	}
	if err != nil || len(vectors) == 0 {
		t.Fatalf("%d vectors, %v", len(vectors), err)
	}
	if v := vectors[0]; v.Digest.String() != frozenDigest || v.Signatures[0].Signature.String() != frozenSignature {
		t.Errorf("the first vector is not the frozen one: %s, %s", v.Digest, v.Signatures[0].Signature)
	}
	for _, v := range vectors {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			got, want := marshal(t, remade(t, v)), marshal(t, v)
			if !bytes.Equal(got, want) {
				t.Errorf("made now:\n%s\nin the file:\n%s", got, want)
			}
		})
	}
}

// remade returns the vector computed from its input: hashes by go-ethereum's EIP-712, the rest by this package.
func remade(t *testing.T, v vector) vector {
	t.Helper()
	o := v.observation()
	data := typedData(v.Network, o)
	digest, _, err := apitypes.TypedDataAndHash(data)
	if err != nil || signing.Digest(digest) != o.Digest(signing.NewDomain(v.Network)) {
		t.Fatalf("digest %s, apitypes has %x, %v", o.Digest(signing.NewDomain(v.Network)), digest, err)
	}
	domain, err := data.HashStruct("EIP712Domain", data.Domain.Map())
	if err != nil {
		t.Fatal(err)
	}
	hash, err := data.HashStruct("Price", data.Message)
	if err != nil {
		t.Fatal(err)
	}
	v.Digest, v.DomainSeparator, v.StructHash = signing.Digest(digest), domain.String(), hash.String()
	v.Scaled = new(big.Int).SetBytes(o.Price.Bytes()).String()
	r := consensus.Report{Network: v.Network, Observation: o}
	signatures := v.Signatures
	v.Signatures = nil
	for _, s := range signatures {
		k, err := signing.ParseKey(s.PrivateKey)
		if err == nil {
			s.Signer = k.Address()
			s.Signature, err = k.Sign(v.Digest)
		}
		if err != nil {
			t.Fatal(err)
		}
		v.Signatures = append(v.Signatures, s)
		r.Attestations = append(r.Attestations, consensus.Attestation{Signer: s.Signer, Signature: s.Signature})
	}
	encoded := inOrder(r).Encode()
	if back, err := consensus.DecodeReport(encoded); err != nil || back.Observation != o {
		t.Fatalf("DecodeReport = %v, %v", back, err)
	}
	v.Report = "0x" + hex.EncodeToString(encoded)
	return v
}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return b
}
