package consensus

import (
	"fmt"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"

	"github.com/gossip-price/gossip-price/consensus/signing"
)

// Root is the root of a Merkle tree by RFC 6962, section 2.1. Its leaves are digests, of 32 bytes each.
type Root [32]byte

// rootOf returns the root over digests in their order.
func rootOf(list []signing.Digest) Root {
	if len(list) == 0 {
		return Root(rfc6962.DefaultHasher.EmptyRoot())
	}
	root, err := grow(list, nil).GetRootHash(nil)
	if err != nil {
		panic(err) // a range that begins at 0 has a root
	}
	return Root(root)
}

// pathTo returns the inclusion proof of one of the digests: the hashes beside its way up to the root.
func pathTo(list []signing.Digest, index int) ([][]byte, error) {
	nodes, err := proof.Inclusion(uint64(index), uint64(len(list)))
	if err != nil {
		return nil, fmt.Errorf("prove inclusion: %w", err)
	}
	hashes := make(map[compact.NodeID][]byte, 2*len(list))
	grow(list, func(id compact.NodeID, hash []byte) { hashes[id] = hash })
	path := make([][]byte, len(nodes.IDs))
	for i, id := range nodes.IDs {
		path[i] = hashes[id]
	}
	return nodes.Rehash(path, rfc6962.DefaultHasher.HashChildren)
}

// verifyPath tells whether a digest is the leaf at index of a tree with this root and size.
func verifyPath(root Root, size, index uint64, leaf signing.Digest, path [][]byte) error {
	hash := rfc6962.DefaultHasher.HashLeaf(leaf[:])
	return proof.VerifyInclusion(rfc6962.DefaultHasher, index, size, hash, path, root[:])
}

// grow builds the tree, and shows visit every node.
func grow(list []signing.Digest, visit compact.VisitFn) *compact.Range {
	factory := compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}
	tree := factory.NewEmptyRange(0)
	for _, d := range list {
		if err := tree.Append(rfc6962.DefaultHasher.HashLeaf(d[:]), visit); err != nil {
			panic(err) // a range that grows by one leaf at a time takes each
		}
	}
	return tree
}
