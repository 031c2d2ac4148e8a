package archive_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/archive"
)

// Any two sets become their union, each side fetching from the other, within the span and nothing beyond it.
func TestReconcileConverges(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rounds := rapid.IntRange(1, 300).Draw(t, "rounds")
		a, b, union := treeOf(), treeOf(), treeOf()
		for range rapid.IntRange(0, 200).Draw(t, "certificates") {
			e := entry(rapid.SampledFrom(pairs()).Draw(t, "pair"), rapid.IntRange(-20, rounds+20).Draw(t, "round"),
				rapid.IntRange(0, 2).Draw(t, "n"))
			holders := rapid.IntRange(1, 3).Draw(t, "holders")
			if holders&1 != 0 {
				a.Add(e)
			}
			if holders&2 != 0 {
				b.Add(e)
			}
			union.Add(e)
		}
		s := span(rounds)
		for _, side := range [][2]*archive.Tree{{a, b}, {b, a}} {
			peer := &link{tree: side[1]}
			before := side[0].Len()
			result, err := archive.Reconcile(t.Context(), peer.ask, side[0], s, into(side[0]))
			if err != nil || result.Missing != side[0].Len()-before || result.Fetched != result.Missing {
				t.Fatalf("%+v, %v; the tree grew by %d", result, err, side[0].Len()-before)
			}
		}
		if got, want := all(a, s), all(union, s); !slices.Equal(got, want) || !slices.Equal(all(b, s), want) {
			t.Fatalf("%d and %d held, want %d", len(got), len(all(b, s)), len(want))
		}
		if a.Fingerprint(s) != b.Fingerprint(s) {
			t.Fatal("equal sets with different fingerprints")
		}
		peer := &link{tree: b}
		if _, err := archive.Reconcile(t.Context(), peer.ask, a, s, into(a)); err != nil || peer.requests != 1 {
			t.Fatalf("equal sets took %d requests, %v", peer.requests, err)
		}
	})
}

// Fingerprints depend on the set alone, not on the way to it.
func TestFingerprint(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var entries []archive.Entry
		for i := range rapid.IntRange(1, 100).Draw(t, "certificates") {
			entries = append(entries, entry(pairs()[i%2], i, 0))
		}
		a := treeOf(entries...)
		b := treeOf(rapid.Permutation(entries).Draw(t, "order")...)
		extra := entry("ETH-USD", rapid.IntRange(0, 100).Draw(t, "round"), 1)
		b.Add(extra)
		if s := span(200); a.Fingerprint(s) == b.Fingerprint(s) {
			t.Fatal("different sets with one fingerprint")
		}
		b.Remove(extra)
		b.Remove(extra)
		if b.Add(entries[0]) {
			t.Fatal("added twice")
		}
		if s := span(200); a.Fingerprint(s) != b.Fingerprint(s) {
			t.Fatal("one set with two fingerprints")
		}
		cut := first + consensus.Round(10*rapid.IntRange(0, 100).Draw(t, "cut"))
		a.Prune(cut)
		s := archive.Span{From: cut, Until: span(200).Until}
		if a.Fingerprint(s) != b.Fingerprint(s) || a.Len() != len(all(b, s)) || a.Add(entry("ETH-USD", -5, 0)) {
			t.Fatalf("pruned to %d, want %d", a.Len(), len(all(b, s)))
		}
	})
}

// full returns a tree of n certificates, 16 a round, of one pair.
func full(n int) *archive.Tree {
	t := treeOf()
	for i := range n {
		t.Add(entry("ETH-USD", i/16, i%16))
	}
	return t
}

// TestReconcileCost has a full archive against one that lacks some: the cost is that of the differences.
func TestReconcileCost(t *testing.T) {
	t.Parallel()
	const held = 65_536
	theirs, s := full(held), span(held/16)
	for _, differences := range []int{0, 1, 10, 100, 1000, held} {
		t.Run(fmt.Sprint(differences), func(t *testing.T) {
			t.Parallel()
			ours := full(held)
			for _, i := range rand.Perm(held)[:differences] {
				ours.Remove(entry("ETH-USD", i/16, i%16))
			}
			peer := &link{tree: theirs}
			result, err := archive.Reconcile(t.Context(), peer.ask, ours, s, into(ours))
			if err != nil || ours.Len() != held || result.Missing != differences {
				t.Fatalf("%d held, %+v, %v", ours.Len(), result, err)
			}
			t.Logf("%6d differences: %3d requests, %8d bytes without the certificates", differences, peer.requests, peer.bytes-2*34*differences)
			const depth = 4
			if most := 1 + depth + 1 + differences/500; peer.requests > most {
				t.Errorf("%d requests, at most %d", peer.requests, most)
			}
			if most := 2000 + differences*depth*(16*17+100); peer.bytes > most {
				t.Errorf("%d bytes, at most %d", peer.bytes, most)
			}
		})
	}
}

func BenchmarkReconcile(b *testing.B) {
	const held = 65_536
	theirs, s := full(held), span(held/16)
	for _, differences := range []int{0, 1, 10, 100, 1000} {
		b.Run(fmt.Sprint(differences), func(b *testing.B) {
			ours := full(held)
			missing := rand.Perm(held)[:differences]
			var requests, bytes int
			for b.Loop() {
				b.StopTimer()
				for _, i := range missing {
					ours.Remove(entry("ETH-USD", i/16, i%16))
				}
				b.StartTimer()
				peer := &link{tree: theirs}
				if _, err := archive.Reconcile(b.Context(), peer.ask, ours, s, into(ours)); err != nil {
					b.Fatal(err)
				}
				requests, bytes = peer.requests, peer.bytes
			}
			b.ReportMetric(float64(requests), "requests/op")
			b.ReportMetric(float64(bytes), "bytes/op")
		})
	}
}
