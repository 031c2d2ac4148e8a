package test_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/node/api"
)

// One node sees another market and one is dead: each living node can tell who proposed, who signed, who refused and why, who
// wrote, and who was not heard.
func TestClusterStory(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(t *testing.T, c *cluster) {
		seats := c.form(5, 4)
		honest, bent, dead := seats[:3], seats[3], seats[4]
		bent.feed.set(20_000, false) // 2 %
		c.meshed(seats[:4]...)
		rounds := c.rounds(6)
		pass(2 * beats) // in which all hear what the others refused
		round := rounds[5]
		for _, s := range seats[:4] {
			story := c.story(s, round)
			if !story.Complete || story.Needed != 3 || story.Members != 5 || !slices.Equal(story.Silent, []signing.Address{dead.key.Address()}) {
				t.Errorf("node%d: complete %t, %d of %d, silent %v", s.number, story.Complete, story.Needed, story.Members, story.Silent)
			}
			if len(story.Proposals) != 4 {
				t.Fatalf("node%d: %d prices", s.number, len(story.Proposals))
			}
			for _, p := range story.Proposals {
				if p.FirstSigner == bent.key.Address() {
					expectRefused(t, s, p, honest)
				} else {
					expectStoredPrice(t, s, p)
				}
			}
		}
		c.expectRestored(honest[0], round)
		if _, err := honest[0].node.Story(t.Context(), round+consensus.Round(time.Hour/time.Second), ""); !errors.Is(err, api.ErrNotFound) {
			t.Errorf("a round to come: %v", err)
		}
	})
}

// story returns what a node tells of a round.
func (c *cluster) story(s *seat, round consensus.Round) api.Story {
	c.t.Helper()
	story, err := s.node.Story(c.t.Context(), round, "")
	if err != nil {
		c.t.Fatalf("node%d: %v", s.number, err)
	}
	return story
}

// expectRefused checks the story of a price that all others refused.
func expectRefused(t *testing.T, s *seat, p api.Proposal, by []*seat) {
	t.Helper()
	if p.Verified || p.InStore || p.Writer != nil || p.Seen == nil || len(p.Signers) != 1 || len(p.Refusals) != len(by) {
		t.Errorf("node%d of the refused price: %+v", s.number, p)
	}
	for _, other := range by {
		i := slices.IndexFunc(p.Refusals, func(r api.Refused) bool { return r.Address == other.key.Address() })
		if i < 0 {
			t.Errorf("node%d does not know that node%d refused", s.number, other.number)
			continue
		}
		r := p.Refusals[i]
		if own := r.OwnPrice != nil; r.Reason != consensus.RefusedDeviation || r.Seen == nil || own != (other == s) {
			t.Errorf("node%d says that node%d refused: %+v", s.number, other.number, r)
		}
	}
}

// expectStoredPrice checks the story of a price that reached its quorum.
func expectStoredPrice(t *testing.T, s *seat, p api.Proposal) {
	t.Helper()
	if !p.Verified || !p.InStore || len(p.Signers) < 3 || p.Writer == nil || p.Quorum == nil || p.Stored == nil || p.Convicted {
		t.Errorf("node%d of a price: %+v", s.number, p)
		return
	}
	if p.Signers[0].Address != p.FirstSigner || !time.Time(*p.Quorum).Before(time.Time(*p.Stored)) {
		t.Errorf("node%d: first signer %s, quorum %v, stored %v", s.number, p.Signers[0].Address, p.Quorum, p.Stored)
	}
	last := time.Time(*p.Seen)
	for _, signer := range p.Signers {
		if signer.Seen == nil || time.Time(*signer.Seen).Before(last) || time.Time(*signer.Seen).Sub(last) > 2*time.Second {
			t.Errorf("node%d: signers %+v", s.number, p.Signers)
			return
		}
		last = time.Time(*signer.Seen)
	}
}

// expectRestored restarts a node, which tells then what its journal has: no times, but signers, its own refusals and what is
// stored. And it finds the round by an id.
func (c *cluster) expectRestored(s *seat, round consensus.Round) {
	c.t.Helper()
	c.halt(s)
	c.start(s)
	story := c.story(s, round)
	var ids []signing.Digest
	for _, p := range story.Proposals {
		switch {
		case p.Verified && p.InStore && len(p.Signers) >= 3 && p.Seen == nil && p.Quorum == nil && p.Signers[1].Seen == nil:
			ids = append(ids, p.ID)
		case !p.Verified && len(p.Refusals) == 1 && p.Refusals[0].Address == s.key.Address() && p.Refusals[0].OwnPrice != nil:
		default:
			c.t.Errorf("node%d after its restart: %+v", s.number, p)
		}
	}
	if len(story.Proposals) != 4 || len(ids) != 3 || !story.Complete {
		c.t.Fatalf("node%d after its restart: %d prices, %d of them stored", s.number, len(story.Proposals), len(ids))
	}
	found, err := s.node.Stories(c.t.Context(), api.StoryQuery{ID: ids[0][:4], Limit: 10})
	if err != nil || len(found) != 1 || found[0].Round != round {
		c.t.Errorf("found by its id: %d rounds, %v", len(found), err)
	}
	other, err := s.node.Stories(c.t.Context(), api.StoryQuery{ID: ids[0][:4], Pair: "BTC-USD", Limit: 10})
	if err != nil || len(other) != 0 {
		c.t.Errorf("found by its id, of another pair: %d rounds, %v", len(other), err)
	}
	last, err := s.node.Stories(c.t.Context(), api.StoryQuery{Limit: 3})
	if err != nil || len(last) != 3 || last[2].Round >= last[0].Round {
		c.t.Errorf("the last rounds: %d, %v", len(last), err)
	}
}
