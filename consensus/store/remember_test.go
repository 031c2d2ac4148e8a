package store_test

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/consensus/store/storetest"
	"github.com/gossip-price/gossip-price/global"
)

// What others had kept of a lost journal holds as if it were signed by this one: it is signed again, and nothing else at its place.
func TestRemember(t *testing.T) {
	t.Parallel()
	signers := storetest.NewSigners(t, "n", 2)
	self := signers.Addresses()[0]
	j, err := store.OpenJournal(t.Context(), filepath.Join(t.TempDir(), "node.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = j.Close() }()
	all := signers.Certificates(t, 3)
	own, other, elsewhere := all[0].Report, all[1].Report, all[2].Report
	for r, proposer := range map[*consensus.Report]signing.Address{&own: self, &other: signers.Addresses()[1], &elsewhere: self} {
		r.Observation.Proposer = proposer
		*r = signers.Sign(t, r.Observation).Report
	}
	o := elsewhere.Observation
	if _, err := j.Propose(t.Context(), o.Pair, o.Round, []byte("another one")); err != nil {
		t.Fatal(err)
	}
	digest := func(r consensus.Report) signing.Digest { return r.Observation.Digest(signing.NewDomain("n")) }
	want := []signing.Digest{digest(own), digest(other)}
	added, err := j.Remember(t.Context(), self, []consensus.Report{own, other, elsewhere})
	if err != nil || !slices.Equal(added, want) {
		t.Errorf("added %v, %v; want %v", added, err, want)
	}
	if added, err = j.Remember(t.Context(), self, []consensus.Report{other, own}); err != nil || len(added) > 0 {
		t.Errorf("added again: %v, %v", added, err)
	}
	o = own.Observation
	if kept, err := j.Propose(t.Context(), o.Pair, o.Round, []byte("a second one")); err != nil || !slices.Equal(kept, own.Alone().Encode()) {
		t.Errorf("proposed %q, %v", kept, err)
	}
	o = other.Observation
	if err := j.Cosign(t.Context(), o.Proposer, o.Pair, o.Round, digest(other)); err != nil {
		t.Error(err)
	}
	if err := j.Cosign(t.Context(), o.Proposer, o.Pair, o.Round, digest(own)); !errors.Is(err, global.ErrDoubleSign) {
		t.Errorf("a second co-signature: %v", err)
	}
}
