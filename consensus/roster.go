package consensus

import (
	"bytes"
	"encoding/binary"
	"maps"
	"slices"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

// Roster is the set of signers whose attestations count. The zero value is open: any signer counts.
type Roster struct{ members map[signing.Address]struct{} }

// NewRoster returns the roster of the given signers; of none, the open one. Repeated addresses count once.
func NewRoster(signers ...signing.Address) Roster {
	r := Roster{make(map[signing.Address]struct{}, len(signers))}
	for _, a := range signers {
		r.members[a] = struct{}{}
	}
	return r
}

// Open tells whether any signer counts.
func (r Roster) Open() bool { return len(r.members) == 0 }

// Size returns the number of members; 0 when the roster is open.
func (r Roster) Size() int { return len(r.members) }

// Places returns the members in the order of their addresses, in which heartbeats count them; none when the roster is
// open.
func (r Roster) Places() []signing.Address {
	return slices.SortedFunc(maps.Keys(r.members), signing.Address.Compare)
}

// Contains tells whether the signer's attestations count.
func (r Roster) Contains(a signing.Address) bool {
	if r.Open() {
		return true
	}
	_, ok := r.members[a]
	return ok
}

// Proposes tells whether the signer is among the first n of the roster for a pair and round, ranked by
// keccak256(pair || round as 8 big-endian bytes || address): those propose (section 3.3). In an open network everybody
// does.
func (r Roster) Proposes(a signing.Address, pair price.Pair, round Round, n int) bool {
	if r.Open() {
		return true
	}
	if !r.Contains(a) {
		return false
	}
	mine, before := proposerRank(a, pair, round), 0
	for other := range r.members {
		if rank := proposerRank(other, pair, round); bytes.Compare(rank[:], mine[:]) < 0 {
			before++
		}
	}
	return before < n
}

func proposerRank(a signing.Address, pair price.Pair, round Round) [32]byte {
	var be [8]byte
	binary.BigEndian.PutUint64(be[:], uint64(round))
	return crypto.Keccak256Hash([]byte(pair), be[:], a[:])
}
