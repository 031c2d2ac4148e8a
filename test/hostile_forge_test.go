package test_test

import (
	"bytes"
	"encoding/binary"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

// observation returns what a proposer would say now of the market, so many cents beside it.
func observation(t *testing.T, proposer signing.Key, round consensus.Round, cents int64) consensus.Observation {
	t.Helper()
	now := time.Now().UTC().Truncate(time.Millisecond)
	p, err := dollars(market(now) + cents)
	if err != nil {
		t.Fatal(err)
	}
	return consensus.Observation{
		Pair: ethUSD, Price: p, Round: round, ObservedAt: consensus.MillisOf(now), Proposer: proposer.Address(),
	}
}

// attest signs an observation in the domain of a network.
func attest(t *testing.T, network string, o consensus.Observation, key signing.Key) consensus.Attestation {
	t.Helper()
	signature, err := key.Sign(o.Digest(signing.NewDomain(network)))
	if err != nil {
		t.Fatal(err)
	}
	return consensus.Attestation{Signer: key.Address(), Signature: signature}
}

// claim is an attestation in the name of a signer, by another's key.
func claim(t *testing.T, network string, o consensus.Observation, signer signing.Address, key signing.Key) consensus.Attestation {
	t.Helper()
	a := attest(t, network, o, key)
	a.Signer = signer
	return a
}

// assemble makes a report of attestations, in the order that the protocol asks for.
func assemble(network string, o consensus.Observation, attestations ...consensus.Attestation) consensus.Report {
	attestations = slices.Clone(attestations)
	slices.SortStableFunc(attestations, func(a, b consensus.Attestation) int {
		switch {
		case a.Signer == b.Signer:
			return 0
		case a.Signer == o.Proposer:
			return -1
		case b.Signer == o.Proposer:
			return 1
		}
		return bytes.Compare(a.Signer[:], b.Signer[:])
	})
	return consensus.Report{Network: network, Observation: o, Attestations: attestations}
}

// pretend makes the seat's source remember the price, as if the seat had seen it: the audit then takes it for its own.
func (s *seat) pretend(o consensus.Observation) {
	s.feed.pretend(price.Quote{Pair: o.Pair, Price: o.Price, At: o.ObservedAt.Time()})
}

// resign makes the n-th of the endless valid signatures that a key has for one digest (SEC 1, section 4.1.3, with a
// nonce of one's choice).
func resign(t *testing.T, key signing.Key, d signing.Digest, n uint64) signing.Signature {
	t.Helper()
	secret := key.Secret()
	order := crypto.S256().Params().N
	k := new(big.Int).SetBytes(crypto.Keccak256(secret[:], d[:], binary.BigEndian.AppendUint64(nil, n)))
	k.Mod(k, order)
	nonce, err := crypto.ToECDSA(k.FillBytes(make([]byte, 32)))
	if err != nil {
		t.Fatal(err)
	}
	r := new(big.Int).Mod(nonce.X, order)
	s := new(big.Int).Mul(r, new(big.Int).SetBytes(secret[:]))
	s.Add(s, new(big.Int).SetBytes(d[:]))
	s.Mul(s, new(big.Int).ModInverse(k, order))
	s.Mod(s, order)
	v := byte(27 + nonce.Y.Bit(0))
	if s.Cmp(new(big.Int).Rsh(order, 1)) > 0 {
		s.Sub(order, s)
		v ^= 27 ^ 28
	}
	var sig signing.Signature
	r.FillBytes(sig[:32])
	s.FillBytes(sig[32:64])
	sig[64] = v
	if err := signing.Verify(d, key.Address(), sig); err != nil {
		t.Fatalf("a signature with nonce %d: %v", n, err)
	}
	return sig
}

// highS returns the twin of a signature that ECDSA takes and the protocol does not.
func highS(sig signing.Signature) signing.Signature {
	s := new(big.Int).Sub(crypto.S256().Params().N, new(big.Int).SetBytes(sig[32:64]))
	s.FillBytes(sig[32:64])
	sig[64] ^= 27 ^ 28
	return sig
}

// signs tells whether a report has an attestation of the signer.
func signs(r consensus.Report, signer signing.Address) bool {
	return slices.ContainsFunc(r.Attestations, func(a consensus.Attestation) bool { return a.Signer == signer })
}
