package story_test

import (
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/node/story"
)

// What the journal has kept is told without the times that nobody wrote down, and what was seen stays as it was.
func TestRestore(t *testing.T) {
	t.Parallel()
	b := newBook()
	o, id := seen(1, first, pair)
	live, liveID := seen(2, first, pair)
	refused, refusedID := seen(3, first, pair)
	b.Signed(live, liveID, members(2, 1), false, at(time.Second))
	certificate := func(o consensus.Observation, signers ...int) consensus.Certificate {
		c := consensus.Certificate{ID: o.Digest(domain()), LastSigned: at(5 * time.Second), Report: consensus.Report{Network: "n", Observation: o}}
		for _, m := range members(signers...) {
			c.Attestations = append(c.Attestations, consensus.Attestation{Signer: m})
		}
		return c
	}
	b.Certificate(certificate(o, 1, 2, 3), true)
	b.Certificate(certificate(live, 2, 1, 3), false)
	restored := story.Restored{Observation: refused, ID: refusedID, Reason: consensus.RefusedDeviation, Own: dollars("1"), At: at(2 * time.Second)}
	for range 2 {
		b.Refusal(restored)
		b.Conviction(o)
		elsewhere, _ := seen(1, first+interval, pair)
		b.Conviction(elsewhere)
	}

	s := tell(t, b, first, at(35*time.Second))
	if !s.Complete || tell(t, b, first, at(35*time.Second-time.Millisecond)).Complete || len(s.Proposals) != 3 {
		t.Errorf("story: %+v", s)
	}
	p := s.Proposals[1]
	if p.ID != id || !p.Verified || !p.InStore || !p.Convicted || p.Seen != nil || p.Quorum != nil || p.Stored != nil || len(p.Signers) != 3 || p.Signers[2].Seen != nil {
		t.Errorf("restored: %+v", p)
	}
	p = s.Proposals[0]
	if p.ID != liveID || !p.Verified || p.InStore || p.Convicted || len(p.Signers) != 3 || p.Signers[2].Seen != nil {
		t.Errorf("seen before: %+v", p)
	}
	same(t, "seen before", p.Seen, at(time.Second))
	same(t, "seen before, second signer", p.Signers[1].Seen, at(time.Second))
	p = s.Proposals[2]
	if p.Verified || len(p.Signers) != 1 || p.Signers[0].Address != member(3) || len(p.Refusals) != 1 || *p.Refusals[0].OwnPrice != dollars("1") {
		t.Errorf("refused: %+v", p)
	}
	same(t, "refused", p.Refusals[0].Seen, at(2*time.Second))
	if _, known, err := b.Story(first+interval, "", at(0)); known || err != nil {
		t.Errorf("a conviction alone made a round: %t, %v", known, err)
	}
}

// A book of one round is a copy: what is added to it stays in it.
func TestOnly(t *testing.T) {
	t.Parallel()
	b := newBook()
	o, id := seen(1, first, pair)
	b.Signed(o, id, members(1, 2), false, at(time.Second))
	next, nextID := seen(1, first+interval, pair)
	b.Signed(next, nextID, members(1), false, at(time.Second))
	only := b.Only(first)
	only.Signed(o, id, members(3), true, at(2*time.Second))
	only.Stored(id, member(1), at(3*time.Second))
	if p := tell(t, b, first, at(time.Minute)).Proposals[0]; len(p.Signers) != 2 || p.Verified || p.InStore {
		t.Errorf("the book has %+v", p)
	}
	if p := tell(t, only, first, at(time.Minute)).Proposals[0]; len(p.Signers) != 3 || !p.Verified || !p.InStore {
		t.Errorf("the copy has %+v", p)
	}
	if _, known, _ := only.Story(first+interval, "", at(0)); known {
		t.Error("the copy has another round")
	}
	if _, known, _ := b.Only(first+2*interval).Story(first+2*interval, "", at(0)); known {
		t.Error("a copy of nothing has something")
	}
}
