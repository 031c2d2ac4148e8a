package storetest

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

// Signers makes certificates of one network: valid ones, of random content, signed by all its keys.
type Signers struct {
	network string
	keys    []signing.Key
}

// NewSigners returns n signers with fresh keys.
func NewSigners(t testing.TB, network string, n int) Signers {
	t.Helper()
	s := Signers{network: network}
	for range n {
		key, err := signing.GenerateKey()
		if err != nil {
			t.Fatal(err)
		}
		s.keys = append(s.keys, key)
	}
	return s
}

// Member tells whether the address is one of the signers'.
func (s Signers) Member(a signing.Address) bool {
	return slices.ContainsFunc(s.keys, func(k signing.Key) bool { return k.Address() == a })
}

// Key returns the key of a signer.
func (s Signers) Key(i int) signing.Key { return s.keys[i] }

// Addresses returns those of the signers.
func (s Signers) Addresses() []signing.Address {
	addresses := make([]signing.Address, len(s.keys))
	for i, k := range s.keys {
		addresses[i] = k.Address()
	}
	return addresses
}

// Certificates returns n certificates of random content. Their rounds ascend by a minute each.
func (s Signers) Certificates(t testing.TB, n int) []consensus.Certificate {
	t.Helper()
	const firstRound = 1_763_800_200
	certificates := make([]consensus.Certificate, n)
	for i := range certificates {
		round := consensus.Round(firstRound + 60*i)
		certificates[i] = s.Sign(t, consensus.Observation{
			Pair:       []price.Pair{"ETH-USD", "BTC-USD", "ETH-EUR"}[rand.IntN(3)],
			Price:      randomPrice(t),
			Round:      round,
			ObservedAt: consensus.MillisOf(round.Start()) + consensus.Millis(rand.IntN(60_000)),
			Proposer:   s.keys[rand.IntN(len(s.keys))].Address(),
		})
	}
	return certificates
}

// Sign returns the certificate of an observation; its proposer must be one of the signers.
func (s Signers) Sign(t testing.TB, o consensus.Observation) consensus.Certificate {
	t.Helper()
	c := consensus.Certificate{
		ID:         o.Digest(signing.NewDomain(s.network)),
		Report:     consensus.Report{Network: s.network, Observation: o},
		LastSigned: o.ObservedAt.Time().Add(time.Duration(rand.IntN(5000)) * time.Millisecond),
	}
	for _, key := range s.keys {
		signature, err := key.Sign(c.ID)
		if err != nil {
			t.Fatal(err)
		}
		c.Attestations = append(c.Attestations, consensus.Attestation{Signer: key.Address(), Signature: signature})
	}
	slices.SortFunc(c.Attestations, func(a, b consensus.Attestation) int {
		switch o.Proposer {
		case a.Signer:
			return -1
		case b.Signer:
			return 1
		}
		return a.Signer.Compare(b.Signer)
	})
	return c
}

// Rows returns n rows of random content.
func (s Signers) Rows(t testing.TB, n int) []consensus.Row {
	t.Helper()
	rows := make([]consensus.Row, n)
	for i, c := range s.Certificates(t, n) {
		rows[i] = c.Row()
	}
	return rows
}

// randomPrice returns any price below 2^120, which is below the largest one.
func randomPrice(t testing.TB) price.Price {
	t.Helper()
	b := make([]byte, 1+rand.IntN(15))
	for i := range b {
		b[i] = byte(rand.IntN(256))
	}
	b[0] |= 1
	p, err := price.FromBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
