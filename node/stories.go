package node

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node/api"
)

// Interval returns the length of a round.
func (n *Node) Interval() time.Duration { return n.policy.Interval }

// Story tells what this node knows of a round, of one pair or, if that is empty, of all. Of rounds before its start, and of
// those that it has forgotten, it knows what its journal has. Errors wrap api.ErrNotFound, api.ErrTooLong, or are the journal's.
func (n *Node) Story(ctx context.Context, round consensus.Round, pair price.Pair) (api.Story, error) {
	now := n.now()
	if round.Start().After(now) {
		return api.Story{}, fmt.Errorf("round %d: %w: it has not begun, and will at %s", round, api.ErrNotFound, round.Start().Format(time.DateTime))
	}
	book, oldest := n.book, n.seenSince()
	if round < oldest {
		book = book.Only(round)
		if err := n.fill(ctx, book, round); err != nil {
			return api.Story{}, err
		}
	}
	s, known, err := book.Story(round, pair, now)
	switch {
	case err != nil:
		return api.Story{}, fmt.Errorf("round %d: %w", round, err)
	case !known && round < oldest:
		return api.Story{}, fmt.Errorf("round %d: %w: this node has nothing of it; it has seen all since %d (%s), and keeps certificates for a day and what it refused for a week",
			round, api.ErrNotFound, oldest, oldest.Start().Format(time.DateTime))
	case !known:
		return api.Story{}, fmt.Errorf("round %d: %w: this node has seen no price of it", round, api.ErrNotFound)
	}
	n.nameWriters(&s)
	return s, nil
}

// seenSince returns the first round of which the book has all that this node has seen.
func (n *Node) seenSince() consensus.Round {
	first := consensus.RoundAt(n.pulse.start.Time(), n.policy.Interval) + consensus.Round(n.policy.Interval/time.Second)
	if oldest, _ := n.book.Span(); oldest > first {
		return oldest
	}
	return first
}

// Stories tells of the last rounds, the newest first: of the book's, or of those that have a price whose id begins so.
func (n *Node) Stories(ctx context.Context, q api.StoryQuery) ([]api.Story, error) {
	if len(q.ID) == 0 {
		stories := n.book.Stories(q.Pair, q.Limit, n.now())
		for i := range stories {
			n.nameWriters(&stories[i])
		}
		return stories, nil
	}
	rounds, err := n.find(ctx, q.ID)
	if err != nil {
		return nil, err
	}
	var stories []api.Story
	for _, r := range rounds[:min(len(rounds), q.Limit, maxFound)] {
		s, err := n.Story(ctx, r, q.Pair)
		switch {
		case errors.Is(err, api.ErrNotFound): // forgotten meanwhile, or of a round to come, as somebody's clock has it
		case err != nil:
			return nil, err
		case len(s.Proposals) > 0: // of the pair
			stories = append(stories, s)
		}
	}
	return stories, nil
}

// maxFound bounds the rounds that are told of because an id is in them: a short beginning is that of many.
const maxFound = 16

// find returns the rounds that have a price whose id begins so, as the book and the journal know, the newest first.
func (n *Node) find(ctx context.Context, prefix []byte) ([]consensus.Round, error) {
	rounds := n.book.Find(prefix)
	certificates, unreadable, err := n.journal.Recorded(ctx, store.RecordedQuery{ID: prefix, Limit: maxFound})
	n.warnUnreadable("archive", unreadable)
	if err != nil {
		return nil, err
	}
	for _, c := range certificates {
		rounds = append(rounds, c.Observation.Round)
	}
	refusals, unreadable, err := n.journal.Refusals(ctx, store.RefusalQuery{ID: prefix, Limit: maxFound})
	n.warnUnreadable("refusals", unreadable)
	for _, r := range refusals {
		rounds = append(rounds, r.Observation.Round)
	}
	slices.Sort(rounds)
	rounds = slices.Compact(rounds)
	slices.Reverse(rounds)
	return rounds, err
}

// nameWriters names who announced the rows of which this node has not heard that they are in the store.
func (n *Node) nameWriters(s *api.Story) {
	for i := range s.Proposals {
		p := &s.Proposals[i]
		if p.Writer != nil {
			continue
		}
		if writer, announced := n.writing.Writer(p.ID); announced {
			p.Writer = new(signing.Address)
			*p.Writer = writer
		}
	}
}
