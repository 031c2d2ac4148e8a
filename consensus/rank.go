package consensus

import (
	"bytes"
	"maps"
	"slices"
	"time"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/gossip-price/gossip-price/consensus/signing"
)

// ranking is what is known of the order in which members co-sign one observation: first those who were heard of and did not
// pass when they were last asked, then all others, each group by keccak256(digest || address). The others are not hashed before
// the window reaches them: in a large roster they are nearly all.
type ranking struct {
	groups int               // that are ranked: none, those heard of, all
	size   int               // ranks in those groups
	own    int               // this node's rank; noRank if it is in none of them
	heard  []signing.Address // in their order; only those who are to sign at once if the own rank is known
}

// noRank is the rank of a node that is not ranked yet.
const noRank = -1

// unranked is a group of co-signers whose order must be known now.
type unranked struct {
	t     *tally
	group int
	of    []signing.Address
}

// rankNew ranks the co-signers of the observations of which something is to be decided, as far as their windows reach. The
// hashing is done without the lock.
func (e *Engine) rankNew(now time.Time) {
	for range 2 { // groups
		for _, u := range e.unranked(now) {
			order := rankOrder(u.t.id, u.of)
			e.mu.Lock()
			if u.t.ranking.groups == u.group { // nobody was faster
				u.t.ranking.append(order, e.policy.Self, e.policy.Quorum-1)
			}
			e.mu.Unlock()
		}
	}
}

func (e *Engine) unranked(now time.Time) []unranked {
	if e.policy.Roster.Open() {
		return nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	var found []unranked
	for _, t := range e.undecided {
		if e.exempt(t) {
			continue
		}
		e.advance(t, now)
		if t.ranking.reached(t.stages.window) {
			found = append(found, unranked{t, t.ranking.groups, e.nextGroup(t)})
		}
	}
	return found
}

// nextGroup returns the members to rank next: the willing who were heard of in the heardRounds rounds before the observation's, and
// a few of the reluctant, so that they can show that they have become willing; or, if those are ranked, all others. The
// observation's own round does not count: while it lasts, nodes have seen different things, and would rank
// differently. Called with mu held.
func (e *Engine) nextGroup(t *tally) []signing.Address {
	group := make(map[signing.Address]struct{})
	if t.ranking.groups == 0 {
		step := Round(e.policy.Interval / time.Second)
		for i := range Round(heardRounds) {
			for a, c := range e.heard[t.observation.Round-(i+1)*step] {
				if c.heard && (e.willing(a, t.observation.Round) || hasSecondChance(t.id, a)) {
					group[a] = struct{}{}
				}
			}
		}
	} else {
		for a := range e.policy.Roster.members {
			group[a] = struct{}{}
		}
		for _, a := range t.ranking.heard {
			delete(group, a)
		}
	}
	delete(group, t.observation.Proposer)
	return slices.AppendSeq(make([]signing.Address, 0, len(group)), maps.Keys(group))
}

// reached tells whether the window may hold this node, but its rank is not known.
func (r *ranking) reached(window int) bool {
	return r.groups == 0 || r.groups == 1 && r.own == noRank && r.size < window
}

// append ranks another group, given in its order.
func (r *ranking) append(order []signing.Address, self signing.Address, atOnce int) {
	if r.groups == 0 {
		r.heard = order
	}
	if i := slices.Index(order, self); i >= 0 {
		r.own = r.size + i
		r.heard = slices.Clone(r.first(atOnce))
	}
	r.groups++
	r.size += len(order)
}

// first returns who is to sign at once, of those who were heard of lately.
func (r *ranking) first(atOnce int) []signing.Address { return r.heard[:min(atOnce, len(r.heard))] }

// asks tells whether a member is among them.
func (r *ranking) asks(a signing.Address, atOnce int) bool {
	return slices.Contains(r.first(atOnce), a)
}

// rankOrder sorts members by keccak256(digest || address).
func rankOrder(id signing.Digest, members []signing.Address) []signing.Address {
	type candidate struct {
		hash [32]byte
		signing.Address
	}
	candidates := make([]candidate, len(members))
	for i, a := range members {
		candidates[i] = candidate{rankHash(id, a), a}
	}
	slices.SortFunc(candidates, func(a, b candidate) int { return bytes.Compare(a.hash[:], b.hash[:]) })
	order := make([]signing.Address, len(members))
	for i, c := range candidates {
		order[i] = c.Address
	}
	return order
}

// rankHash returns keccak256(digest || address).
func rankHash(id signing.Digest, a signing.Address) [32]byte {
	return crypto.Keccak256Hash(id[:], a[:])
}

// hasSecondChance tells whether a reluctant member is ranked with the willing for this observation, the same on every node.
func hasSecondChance(id signing.Digest, a signing.Address) bool {
	hash := rankHash(id, a)
	return hash[len(hash)-1] < (1<<8)/secondChance
}
