package archive

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"

	"github.com/gossip-price/gossip-price/consensus/signing"
)

// sum stands for a set of ids: their number, and the ids added up modulo 2^256. Adding is enough because an id is the
// digest of a certificate's content: to make two different sets with one sum, whoever can choose ids must get a quorum to
// sign a whole family of them, at most one a place, and has gained no more than that two nodes don't notice a difference
// that other peers show them. Exclusive or would not do: it is linear, so some hundred freely chosen ids cancel out by solving
// equations; and a set with an id twice would have the sum of one without it.
type sum struct {
	words [4]uint64 // little end first
	count uint64
}

func (s *sum) add(other sum) {
	var carry uint64
	for i := range s.words {
		s.words[i], carry = bits.Add64(s.words[i], other.words[i], carry)
	}
	s.count += other.count
}

func (s *sum) subtract(other sum) {
	var borrow uint64
	for i := range s.words {
		s.words[i], borrow = bits.Sub64(s.words[i], other.words[i], borrow)
	}
	s.count -= other.count
}

// sumOf returns the sum of a set of ids.
func sumOf(ids ...signing.Digest) (total sum) {
	for _, id := range ids {
		one := sum{count: 1}
		for i := range one.words {
			one.words[i] = binary.BigEndian.Uint64(id[24-8*i:])
		}
		total.add(one)
	}
	return total
}

// Fingerprint is what two nodes compare of a range: equal ones stand for equal sets. The zero value stands for nothing held.
type Fingerprint [16]byte

// fingerprint hashes the sum: what travels is half as long, and nobody can calculate with it.
func (s *sum) fingerprint() Fingerprint {
	if s.count == 0 {
		return Fingerprint{}
	}
	hash := sha256.Sum256(s.bytes())
	return Fingerprint(hash[:16])
}

func (s *sum) bytes() []byte {
	b := make([]byte, 0, 40)
	for _, w := range s.words {
		b = binary.BigEndian.AppendUint64(b, w)
	}
	return binary.BigEndian.AppendUint64(b, s.count)
}
