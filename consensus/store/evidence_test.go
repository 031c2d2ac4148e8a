package store_test

import (
	"errors"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/consensus/store/storetest"
	"github.com/gossip-price/gossip-price/global"
)

// someEvidence returns good evidence against one proposer, of n rounds that ascend.
func someEvidence(t *testing.T, n int) []consensus.Evidence {
	t.Helper()
	signers := storetest.NewSigners(t, "n", 1)
	list := make([]consensus.Evidence, n)
	for i, c := range signers.Certificates(t, n) {
		other := c.Observation
		other.ObservedAt++
		list[i] = consensus.NewEvidence(c.Report, signers.Sign(t, other).Report)
		if err := list[i].Verify(signers.Member); err != nil {
			t.Fatal(err)
		}
	}
	return list
}

// evidenceOf returns what looks like evidence to a journal, which verifies no signature.
func evidenceOf(like consensus.Evidence, proposer byte, round int) consensus.Evidence {
	for _, r := range []*consensus.Report{&like.First, &like.Second} {
		r.Observation.Proposer = signing.Address{proposer}
		r.Observation.Round = consensus.Round(round)
		r.Attestations = []consensus.Attestation{{Signer: signing.Address{proposer}, Signature: r.Attestations[0].Signature}}
	}
	return like
}

func TestEvidence(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "node.db")
	j := reopened(t, path, nil)
	if list, unreadable, err := j.Evidence(t.Context(), 10); len(list) != 0 || unreadable != 0 || err != nil {
		t.Errorf("Evidence of a new journal = %v, %d, %v", list, unreadable, err)
	}
	all := someEvidence(t, 5)
	again := all[2]
	again.Second.Observation.ObservedAt++ // other evidence for a place that has some
	for _, part := range [][]consensus.Evidence{all[1:4], {again}, nil, all} {
		if err := j.KeepEvidence(t.Context(), part); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Prune(t.Context(), all[4].First.Observation.Round+1); err != nil {
		t.Fatal(err)
	}
	j = reopened(t, path, j)
	slices.Reverse(all)
	for limit, want := range map[int]int{10: 5, 5: 5, 2: 2, 0: 0, -1: 0} {
		list, unreadable, err := j.Evidence(t.Context(), limit)
		if err != nil || unreadable != 0 || !(want == 0 && len(list) == 0) && !reflect.DeepEqual(list, all[:want]) {
			t.Errorf("Evidence(%d): %d, %d, %v; want the %d newest", limit, len(list), unreadable, err, want)
		}
	}
}

// TestEvidenceIsBounded has one proposer make more evidence against himself than there is room: that against another one
// stays, however old it is.
func TestEvidenceIsBounded(t *testing.T) {
	t.Parallel()
	j := reopened(t, filepath.Join(t.TempDir(), "node.db"), nil)
	like := someEvidence(t, 1)[0]
	flood := make([]consensus.Evidence, store.MaxEvidence+10)
	for i := range flood {
		flood[i] = evidenceOf(like, 1, 1000+i)
	}
	other := []consensus.Evidence{evidenceOf(like, 2, 501), evidenceOf(like, 2, 500)}
	for _, part := range [][]consensus.Evidence{other, flood[:5], flood[5:]} {
		if err := j.KeepEvidence(t.Context(), part); err != nil {
			t.Fatal(err)
		}
	}
	list, _, err := j.Evidence(t.Context(), 2*store.MaxEvidence)
	slices.Reverse(flood)
	if want := slices.Concat(flood[:store.MaxEvidence-2], other); err != nil || !reflect.DeepEqual(list, want) {
		t.Errorf("%d kept, %v; want the %d newest of one and both of the other", len(list), err, store.MaxEvidence-2)
	}
}

func TestEvidenceUnreadable(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "node.db")
	j := reopened(t, path, nil)
	all := someEvidence(t, 3)
	if err := errors.Join(j.KeepEvidence(t.Context(), all), j.Close()); err != nil {
		t.Fatal(err)
	}
	statement("UPDATE evidence SET evidence = x'00' WHERE round = (SELECT max(round) FROM evidence)")(t, path)
	list, unreadable, err := reopened(t, path, nil).Evidence(t.Context(), 10)
	if want := []consensus.Evidence{all[1], all[0]}; err != nil || unreadable != 1 || !reflect.DeepEqual(list, want) {
		t.Errorf("Evidence = %d, %d unreadable, %v; want the two others", len(list), unreadable, err)
	}
}

func TestEvidenceTooLarge(t *testing.T) {
	t.Parallel()
	j := reopened(t, filepath.Join(t.TempDir(), "node.db"), nil)
	all := someEvidence(t, 2)
	all[1].First.Network = string(make([]byte, global.MaxEvidenceBytes))
	if err := j.KeepEvidence(t.Context(), all); !errors.Is(err, global.ErrMalformed) {
		t.Errorf("KeepEvidence = %v", err)
	}
	if list, _, err := j.Evidence(t.Context(), 10); len(list) != 0 || err != nil {
		t.Errorf("half of it is kept: %d, %v", len(list), err)
	}
}
