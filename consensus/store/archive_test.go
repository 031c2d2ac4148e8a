package store_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/consensus/store/storetest"
	"github.com/gossip-price/gossip-price/global/price"
)

// archived returns what the archive holds.
func archived(t *testing.T, j *store.Journal) map[signing.Digest]store.Archived {
	t.Helper()
	held := make(map[signing.Digest]store.Archived)
	if err := j.Archive(t.Context(), func(a store.Archived) { held[a.ID] = a }); err != nil {
		t.Fatal(err)
	}
	return held
}

func idsOf(certificates []consensus.Certificate) (ids []signing.Digest) {
	for _, c := range certificates {
		ids = append(ids, c.ID)
	}
	return ids
}

func outboxIDs(t *testing.T, j *store.Journal) []signing.Digest {
	t.Helper()
	waiting, err := j.Waiting(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return idsOf(waiting)
}

// What is kept for the price store stays in the archive when that has it; what is fetched goes to both, once.
func TestArchive(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "node.db")
	j := reopened(t, path, nil)
	all := storetest.NewSigners(t, "n", 3).Certificates(t, 20)
	own, fetched := all[:10], all[5:]
	if err := errors.Join(j.Keep(t.Context(), own), j.Drop(t.Context(), idsOf(own))); err != nil {
		t.Fatal(err)
	}
	for i, want := range [][]signing.Digest{idsOf(all[10:]), nil} {
		adopted, evidence, err := j.Adopt(t.Context(), fetched)
		if err != nil || len(evidence) > 0 || !slices.Equal(adopted, want) {
			t.Errorf("adoption %d: %d adopted, %d pieces of evidence, %v", i, len(adopted), len(evidence), err)
		}
	}
	j = reopened(t, path, j)
	waiting := outboxIDs(t, j)
	for _, c := range all[10:] {
		if !slices.Contains(waiting, c.ID) {
			t.Errorf("%s is not in the outbox", c.ID.Short())
		}
	}
	if len(waiting) != 10 {
		t.Errorf("%d in the outbox", len(waiting))
	}
	held := archived(t, j)
	for _, c := range all {
		if want := (store.Archived{Pair: c.Observation.Pair, Round: c.Observation.Round, ID: c.ID}); held[c.ID] != want {
			t.Errorf("archive has %+v, want %+v", held[c.ID], want)
		}
	}
	expectReports(t, j, all)
}

// expectReports wants the certificates as they travel, in the order of the question, as many as there is room for.
func expectReports(t *testing.T, j *store.Journal, all []consensus.Certificate) {
	t.Helper()
	ids := append(idsOf(all[:3]), signing.Digest{1})
	reports, lost, err := j.Reports(t.Context(), append(ids, all[3].ID), 1<<20)
	if err != nil || len(lost) > 0 || len(reports) != 5 || len(reports[3]) > 0 {
		t.Fatalf("Reports = %d, %d lost, %v", len(reports), len(lost), err)
	}
	for i, at := range map[int]int{0: 0, 1: 1, 2: 2, 4: 3} {
		if !bytes.Equal(reports[i], all[at].Encode()) {
			t.Errorf("report %d is another", i)
		}
	}
	if some, _, err := j.Reports(t.Context(), idsOf(all), len(all[0].Encode())+len(all[1].Encode())+6); err != nil || len(some) != 1 {
		t.Errorf("%d reports where there is room for one with its frame, %v", len(some), err)
	}
}

// A certificate that has grown takes the place of the smaller one.
func TestArchiveGrows(t *testing.T) {
	t.Parallel()
	j := reopened(t, filepath.Join(t.TempDir(), "node.db"), nil)
	grown := storetest.NewSigners(t, "n", 4).Certificates(t, 1)[0]
	small := grown
	small.Attestations = grown.Attestations[:3]
	for _, c := range []consensus.Certificate{small, grown, small} {
		if err := j.Keep(t.Context(), []consensus.Certificate{c}); err != nil {
			t.Fatal(err)
		}
	}
	reports, _, err := j.Reports(t.Context(), []signing.Digest{grown.ID}, 1<<20)
	if err != nil || len(reports) != 1 || !bytes.Equal(reports[0], grown.Encode()) {
		t.Errorf("Reports = %d, %v", len(reports), err)
	}
}

// Two certificates at one place are evidence against its proposer, and both are kept.
func TestArchiveEvidence(t *testing.T) {
	t.Parallel()
	j := reopened(t, filepath.Join(t.TempDir(), "node.db"), nil)
	signers := storetest.NewSigners(t, "n", 3)
	first := signers.Certificates(t, 1)[0]
	o := first.Observation
	o.Price, _ = price.Parse("7")
	second := signers.Sign(t, o)
	if err := j.Keep(t.Context(), []consensus.Certificate{first}); err != nil {
		t.Fatal(err)
	}
	adopted, evidence, err := j.Adopt(t.Context(), []consensus.Certificate{second})
	if err != nil || len(adopted) != 1 || len(evidence) != 1 {
		t.Fatalf("%d adopted, %d pieces of evidence, %v", len(adopted), len(evidence), err)
	}
	if err := evidence[0].Verify(signers.Member); err != nil || evidence[0].Proposer() != o.Proposer {
		t.Errorf("the evidence: %v", err)
	}
	if held := archived(t, j); len(held) != 2 {
		t.Errorf("%d held", len(held))
	}
}

// The archive is pruned from its old end, part by part; the outbox is not.
func TestArchivePrune(t *testing.T) {
	t.Parallel()
	j := reopened(t, filepath.Join(t.TempDir(), "node.db"), nil)
	all := storetest.NewSigners(t, "n", 1).Certificates(t, 1200)
	if err := j.Keep(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		more bool
		held int
	}{{true, 700}, {true, 200}, {false, 100}, {false, 100}} {
		more, err := j.PruneArchive(t.Context(), all[1100].Observation.Round)
		if held := archived(t, j); err != nil || more != want.more || len(held) != want.held {
			t.Errorf("part %d: %d held, more %v, %v; want %+v", i, len(held), more, err, want)
		}
	}
	for _, c := range all[1100:] {
		if _, ok := archived(t, j)[c.ID]; !ok {
			t.Fatal("a newer certificate was pruned")
		}
	}
	if n, _, err := j.Backlog(t.Context()); err != nil || n != len(all) {
		t.Errorf("%d in the outbox, %v", n, err)
	}
}

// A certificate that has changed on the disk is not given to others, but forgotten, so that it is fetched again.
func TestArchiveDamaged(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "node.db")
	j := reopened(t, path, nil)
	c := storetest.NewSigners(t, "n", 3).Certificates(t, 2)
	if err := errors.Join(j.Keep(t.Context(), c), j.Close()); err != nil {
		t.Fatal(err)
	}
	statement("UPDATE archive SET report = zeroblob(300) WHERE id = (SELECT min(id) FROM archive)")(t, path)
	j = reopened(t, path, nil)
	reports, lost, err := j.Reports(t.Context(), idsOf(c), 1<<20)
	if err != nil || len(reports) != 2 || len(lost) != 1 || (len(reports[0]) == 0) == (len(reports[1]) == 0) {
		t.Fatalf("Reports = %d, lost %v, %v", len(reports), lost, err)
	}
	if held := archived(t, j); len(held) != 1 || lost[0].Round == 0 || lost[0].Pair == "" {
		t.Errorf("held %v, lost %+v", held, lost[0])
	}
	if n, _, err := j.Backlog(t.Context()); err != nil || n != 2 {
		t.Errorf("%d in the outbox, %v", n, err)
	}
}

// A journal counts as fresh until something is signed, and for ever if it was.
func TestFresh(t *testing.T) {
	t.Parallel()
	for name, sign := range map[string]func(j *store.Journal) error{
		"proposal": func(j *store.Journal) error { _, err := j.Propose(t.Context(), "A-B", 60, []byte("x")); return err },
		"co-signature": func(j *store.Journal) error {
			return j.Cosign(t.Context(), signing.Address{}, "A-B", 60, signing.Digest{})
		},
	} {
		j := reopened(t, filepath.Join(t.TempDir(), "node.db"), nil)
		if fresh, err := j.Fresh(t.Context()); err != nil || !fresh {
			t.Errorf("new: fresh %v, %v", fresh, err)
		}
		if err := sign(j); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if fresh, err := j.Fresh(t.Context()); err != nil || fresh {
				t.Errorf("after a %s: fresh %v, %v", name, fresh, err)
			}
			if err := j.Prune(t.Context(), 120); err != nil {
				t.Fatal(err)
			}
		}
	}
}
