package consensus_test

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"
	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

func TestRoster(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfDistinct(addresses(), rapid.ID).Draw(t, "members")
		r := consensus.NewRoster(rapid.Permutation(append(slices.Clone(list), list...)).Draw(t, "given")...)
		if r.Size() != len(list) || r.Open() != (len(list) == 0) {
			t.Fatalf("roster of %d, open: %t; given %v", r.Size(), r.Open(), list)
		}
		stranger := addresses().Draw(t, "stranger")
		if r.Contains(stranger) != (r.Open() || slices.Contains(list, stranger)) {
			t.Fatalf("Contains(%s) = %t", stranger, r.Contains(stranger))
		}
		for _, a := range list {
			if !r.Contains(a) {
				t.Fatalf("Contains(%s) = false", a)
			}
		}
	})
}

func TestOpenRoster(t *testing.T) {
	t.Parallel()
	for _, r := range []consensus.Roster{{}, consensus.NewRoster()} {
		if !r.Open() || r.Size() != 0 || !r.Contains(signing.Address{1}) || !r.Proposes(signing.Address{1}, pair, round, 1) {
			t.Errorf("%+v is not open", r)
		}
	}
}

// TestProposersAreN: of N members exactly n propose, whatever the order of the list.
func TestProposersAreN(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfNDistinct(addresses(), 1, 30, rapid.ID).Draw(t, "members")
		n := rapid.IntRange(1, 40).Draw(t, "n")
		in := consensus.Round(rapid.Uint64().Draw(t, "round"))
		one, other := consensus.NewRoster(list...), consensus.NewRoster(rapid.Permutation(list).Draw(t, "shuffled")...)
		proposers := 0
		for _, a := range list {
			if one.Proposes(a, pair, in, n) != other.Proposes(a, pair, in, n) {
				t.Fatalf("%s proposes in one order of the list only", a)
			}
			if one.Proposes(a, pair, in, n) {
				proposers++
			}
		}
		if proposers != min(n, len(list)) {
			t.Fatalf("%d of %d propose, want %d", proposers, len(list), n)
		}
		stranger := addresses().Draw(t, "stranger")
		if one.Proposes(stranger, pair, in, n) && !slices.Contains(list, stranger) {
			t.Fatalf("a stranger proposes")
		}
	})
}

// TestProposersAreFair counts over many rounds: everybody's turn comes about equally often.
func TestProposersAreFair(t *testing.T) {
	t.Parallel()
	const members, n, rounds = 8, 2, 300
	w := newWorld(t, members)
	for _, key := range w.keys[:members] {
		a, turns := key.Address(), 0
		for i := range rounds {
			if w.policy.Roster.Proposes(a, pair, round+consensus.Round(i*600), n) {
				turns++
			}
		}
		// A binomial of 300 and 1/4 has the mean 75 and a standard deviation of 7.5: four of them.
		if turns < 45 || turns > 105 {
			t.Errorf("%s proposes %d times in %d rounds", a, turns, rounds)
		}
	}
}

// TestProposerRanking sorts as section 3.3 says: all nodes must agree on it.
func TestProposerRanking(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfNDistinct(addresses(), 1, 10, rapid.ID).Draw(t, "members")
		in := consensus.Round(rapid.Uint64().Draw(t, "round"))
		rank := func(a signing.Address) []byte {
			seed := binary.BigEndian.AppendUint64([]byte(pair), uint64(in))
			return crypto.Keccak256(append(seed, a[:]...))
		}
		slices.SortFunc(list, func(a, b signing.Address) int { return bytes.Compare(rank(a), rank(b)) })
		roster := consensus.NewRoster(list...)
		for i, a := range list {
			if !roster.Proposes(a, pair, in, i+1) || roster.Proposes(a, pair, in, i) {
				t.Fatalf("the rank of %s is not %d", a, i)
			}
		}
	})
}

func BenchmarkProposes(b *testing.B) {
	w := newWorld(b, 1000)
	b.ReportAllocs()
	for b.Loop() {
		w.policy.Roster.Proposes(w.keys[500].Address(), pair, round, 16)
	}
}
