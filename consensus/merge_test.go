package consensus_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// signerSets draws sets of signers of one observation, each with its proposer 0; some are strangers, in all no more than
// one report may have.
func signerSets(w world) *rapid.Generator[[][]int] {
	last := min(len(w.keys), 2*(len(w.keys)-strangers)) - 1
	set := rapid.Map(rapid.SliceOfNDistinct(rapid.IntRange(1, last), 0, 4, rapid.ID),
		func(others []int) []int { return append([]int{0}, others...) })
	return rapid.SliceOfN(set, 1, 6)
}

// union returns the distinct signers of some sets.
func union(sets ...[]int) []int {
	all := slices.Concat(sets...)
	slices.Sort(all)
	return slices.Compact(all)
}

func receiveAll(w world, e *consensus.Engine, o consensus.Observation, sets [][]int) {
	w.t.Helper()
	for _, set := range sets {
		c := e.Receive(w.report(o, set...).Encode(), at(time.Minute))
		if c.Outcome != consensus.Accepted && c.Outcome != consensus.Duplicate {
			w.t.Fatalf("signers %v: %s", set, c.Outcome)
		}
	}
}

// TestMergeIsAUnion gives three engines the same attestations: as they come, in another order with repetitions, and
// grouped into larger reports. Merging is commutative, idempotent and associative if all know the same.
func TestMergeIsAUnion(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t, 6)
		o := w.observation(0)
		sets := signerSets(w).Draw(t, "sets")
		shuffled := rapid.Permutation(append(slices.Clone(sets), sets[:len(sets)/2]...)).Draw(t, "shuffled")
		var grouped [][]int
		for i := 0; i < len(sets); {
			n := rapid.IntRange(1, len(sets)-i).Draw(t, "group")
			grouped = append(grouped, union(sets[i:i+n]...))
			i += n
		}
		members := slices.DeleteFunc(union(sets...), func(i int) bool { return i >= 6 })
		want := w.report(o, members...)
		for _, order := range [][][]int{sets, shuffled, grouped} {
			e := w.engine(7)
			receiveAll(w, e, o, order)
			if got := known(e, o, at(time.Minute)); !reflect.DeepEqual(got, want) {
				t.Fatalf("after %v it knows %v, want %v", order, got, want)
			}
			certificates := e.Unsaved()
			if complete := len(members) >= 3; complete != (len(certificates) == 1) {
				t.Fatalf("%d signers make %d certificates", len(members), len(certificates))
			}
			for _, c := range certificates {
				if !reflect.DeepEqual(c.Report, want) || c.ID != o.Digest(w.domain) {
					t.Fatalf("after %v the certificate is %v, want %v", order, c.Report, want)
				}
			}
		}
	})
}

// TestFirstSignatureCounts lets a signer make several valid signatures: the sets of signers are equal all the same.
func TestFirstSignatureCounts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t, 4)
		o := w.observation(0)
		first, second := w.report(o, 0, 1), w.report(o, 0, 1, 2)
		for i := range second.Attestations {
			if second.Attestations[i].Signer == w.keys[1].Address() {
				second.Attestations[i].Signature = anotherSignature(t, w.keys[1], o.Digest(w.domain))
			}
		}
		a, b := w.engine(3), w.engine(3)
		for _, r := range []consensus.Report{first, second} {
			expect(t, a.Receive(r.Encode(), at(time.Minute)), consensus.Accepted)
		}
		expect(t, b.Receive(second.Encode(), at(time.Minute)), consensus.Accepted)
		expect(t, b.Receive(first.Encode(), at(time.Minute)), consensus.Duplicate)
		knownA, knownB := known(a, o, at(time.Minute)), known(b, o, at(time.Minute))
		if !slices.Equal(signersOf(knownA.Attestations), signersOf(knownB.Attestations)) {
			t.Fatalf("one knows %v, the other %v", knownA, knownB)
		}
		if !slices.Contains(knownA.Attestations, w.attest(o, 1)) || slices.Contains(knownB.Attestations, w.attest(o, 1)) {
			t.Fatalf("not the first signature counts: %v and %v", knownA, knownB)
		}
	})
}

// TestQuorumOnce sends whatever to an engine, by all ways, and counts how often quorum is told.
func TestQuorumOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t, 6)
		w.policy.Quorum = rapid.IntRange(1, 6).Draw(t, "quorum")
		e, o := w.engine(5), w.observation(0)
		quorums, signers, now := 0, make(map[signing.Address]bool), at(time.Minute)
		for _, set := range signerSets(w).Draw(t, "sets") {
			r := w.report(o, set...)
			var c consensus.Change
			if rapid.Bool().Draw(t, "own") {
				_, c = e.Admit(r, now)
			} else {
				c = e.Receive(r.Encode(), now)
			}
			for _, signer := range c.New {
				if signers[signer] || !w.policy.Roster.Contains(signer) {
					t.Fatalf("%s is told as new", signer)
				}
				signers[signer] = true
			}
			if c.Quorum {
				quorums++
			}
			if c.Outcome == consensus.Accepted && (c.Signers != len(signers) || c.Quorum && c.Signers < w.policy.Quorum) {
				t.Fatalf("change %+v with %d signers", c, len(signers))
			}
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(time.Minute)).Draw(t, "later")))
		}
		if reached := len(signers) >= w.policy.Quorum; reached != (quorums == 1) || quorums > 1 {
			t.Fatalf("%d signers, quorum %d told %d times", len(signers), w.policy.Quorum, quorums)
		}
	})
}

// TestIncomplete tells what a peer that has just come may have missed, as long as it can use it.
func TestIncomplete(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	e := w.engine(3)
	lacking, complete := w.observation(0), w.observation(1)
	expect(t, e.Receive(w.report(lacking, 0, 2).Encode(), at(time.Second)), consensus.Accepted)
	expect(t, e.Receive(w.report(complete, 0, 1, 2).Encode(), at(time.Second)), consensus.Accepted)
	end := at(interval + skew)
	if got := e.Incomplete(end); len(got) != 1 || !reflect.DeepEqual(got[0], w.report(lacking, 0, 2)) {
		t.Errorf("incomplete: %+v", got)
	}
	if got := e.Incomplete(end.Add(1)); got != nil {
		t.Errorf("incomplete, but nobody lets it in any more: %+v", got)
	}
}
