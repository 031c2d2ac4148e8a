package consensus_test

import (
	"bytes"
	"testing"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/merkle/testonly"
	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// The library's own vectors: roots and inclusion proofs of trees of 0 to 8 leaves.
func TestMerkleVectors(t *testing.T) {
	t.Parallel()
	leaves, roots := testonly.LeafInputs(), testonly.RootHashes()
	for size := range len(leaves) + 1 {
		factory := compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}
		tree, want := factory.NewEmptyRange(0), testonly.New(rfc6962.DefaultHasher)
		want.AppendData(leaves[:size]...)
		for _, leaf := range leaves[:size] {
			if err := tree.Append(rfc6962.DefaultHasher.HashLeaf(leaf), nil); err != nil {
				t.Fatal(err)
			}
		}
		root, err := tree.GetRootHash(nil)
		if size == 0 {
			root = rfc6962.DefaultHasher.EmptyRoot()
		}
		if err != nil || !bytes.Equal(root, roots[size]) || !bytes.Equal(want.Hash(), roots[size]) {
			t.Errorf("size %d: root %x, %v; want %x", size, root, err, roots[size])
		}
	}
}

// Our roots and proofs are those of the library's reference tree, and a proof holds for its own id and place alone.
func TestMerkleInclusion(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ids := make([]signing.Digest, rapid.IntRange(1, 70).Draw(t, "size"))
		want := testonly.New(rfc6962.DefaultHasher)
		for i := range ids {
			ids[i] = signing.Digest{byte(i), rapid.Byte().Draw(t, "byte")}
			want.AppendData(ids[i][:])
		}
		root := consensus.RootOf(ids)
		if !bytes.Equal(root[:], want.Hash()) {
			t.Fatalf("root %x, want %x", root, want.Hash())
		}
		index := rapid.IntRange(0, len(ids)-1).Draw(t, "index")
		path, err := consensus.PathTo(ids, index)
		if err != nil {
			t.Fatal(err)
		}
		reference, err := want.InclusionProof(uint64(index), uint64(len(ids)))
		if err != nil || len(reference) != len(path) {
			t.Fatalf("%d hashes, want %d, %v", len(path), len(reference), err)
		}
		for i := range path {
			if !bytes.Equal(path[i], reference[i]) {
				t.Errorf("hash %d: %x, want %x", i, path[i], reference[i])
			}
		}
		leaf := rfc6962.DefaultHasher.HashLeaf(ids[index][:])
		if err := proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(index), uint64(len(ids)), leaf, path, root[:]); err != nil {
			t.Error(err)
		}
		if err := consensus.VerifyPath(root, uint64(len(ids)), uint64(index), ids[index], path); err != nil {
			t.Error(err)
		}
		other := ids[index]
		other[31]++
		if consensus.VerifyPath(root, uint64(len(ids)), uint64(index), other, path) == nil {
			t.Error("a proof holds for another id")
		}
	})
}
