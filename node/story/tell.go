package story

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node/api"
)

// MaxTold bounds the prices, signatures and refusals that are told at once. A round of one pair has fewer.
const MaxTold = 1 << 16

// Story tells of a round, of one pair or, if that is empty, of all, and whether the book has anything of it. Errors are
// api.ErrTooLong.
func (b *Book) Story(r consensus.Round, pair price.Pair, now time.Time) (s api.Story, known bool, err error) {
	c, told, known := b.chapter(r, pair)
	if told > MaxTold {
		return api.Story{}, true, api.ErrTooLong
	}
	return b.tell(r, c, now), known, nil
}

// Stories tells of the last rounds that have begun, the newest first, at most limit, and none beyond MaxTold together. A round
// that has more than that alone is left out.
func (b *Book) Stories(pair price.Pair, limit int, now time.Time) []api.Story {
	stories, total := make([]api.Story, 0, limit), 0
	for _, r := range b.last(now) {
		if len(stories) >= limit {
			break
		}
		c, told, _ := b.chapter(r, pair)
		if len(c.prices) == 0 {
			continue
		}
		if total += told; total > MaxTold {
			break
		}
		stories = append(stories, b.tell(r, c, now))
	}
	return stories
}

// last returns the rounds that have begun, the newest first. What a clock that was ahead has brought is left out.
func (b *Book) last(now time.Time) []consensus.Round {
	b.mu.Lock()
	rounds := slices.Collect(maps.Keys(b.rounds))
	b.mu.Unlock()
	rounds = slices.DeleteFunc(rounds, func(r consensus.Round) bool { return r.Start().After(now) })
	slices.SortFunc(rounds, func(a, b consensus.Round) int { return cmp.Compare(b, a) })
	return rounds
}

// Find returns the rounds that have a price whose id begins so, the newest first.
func (b *Book) Find(prefix []byte) []consensus.Round {
	found := make(map[consensus.Round]bool)
	b.mu.Lock()
	for id, e := range b.prices {
		if bytes.HasPrefix(id[:], prefix) {
			found[e.observation.Round] = true
		}
	}
	b.mu.Unlock()
	return slices.SortedFunc(maps.Keys(found), func(a, b consensus.Round) int { return cmp.Compare(b, a) })
}

// Span returns the oldest and the newest round that the book has something of; zero: it is empty.
func (b *Book) Span() (oldest, newest consensus.Round) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for r := range b.rounds {
		if oldest == 0 || r < oldest {
			oldest = r
		}
		newest = max(newest, r)
	}
	return oldest, newest
}

// chapter returns a copy of what the book has of a round, unless that is more than MaxTold.
func (b *Book) chapter(r consensus.Round, pair price.Pair) (c chapter, told int, known bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	kept, known := b.rounds[r]
	if !known {
		return chapter{}, 0, false
	}
	wanted := slices.DeleteFunc(slices.Clone(kept.prices), func(e *entry) bool { return pair != "" && e.observation.Pair != pair })
	for _, e := range wanted {
		told += 1 + e.marks()
	}
	if told > MaxTold {
		return chapter{}, told, true
	}
	for _, e := range wanted {
		copied := e.clone()
		c.prices = append(c.prices, &copied)
	}
	c.silent = kept.silent
	return c, told, true
}

// tell returns a round in the words of the API.
func (b *Book) tell(r consensus.Round, c chapter, now time.Time) api.Story {
	s := api.Story{
		Round: r, RoundTime: consensus.Time(r.Start()), Self: b.cfg.Self, Needed: b.cfg.Quorum, Members: b.cfg.Members,
		Silent: append([]signing.Address{}, c.silent...), Proposals: make([]api.Proposal, 0, len(c.prices)),
	}
	slices.SortStableFunc(c.prices, func(a, b *entry) int { return cmp.Compare(a.observation.Pair, b.observation.Pair) })
	for _, e := range c.prices {
		s.Complete = s.Complete || e.due > 0 && !now.Before(e.due.Time())
		s.Proposals = append(s.Proposals, e.tell())
	}
	return s
}

func (e *entry) tell() api.Proposal {
	o := e.observation
	p := api.Proposal{
		ID: e.id, Pair: o.Pair, Price: o.Price, FirstSigner: o.Proposer, ObservedTime: consensus.Time(o.ObservedAt.Time()),
		Seen: moment(e.seen), Verified: e.verified, Quorum: moment(e.verifiedAt), InStore: e.stored, Stored: moment(e.storedAt),
		Convicted: e.convicted,
		Signers:   make([]api.Signer, 0, len(e.signers)), Refusals: make([]api.Refused, 0, len(e.refusals)),
	}
	if e.writer != (signing.Address{}) {
		p.Writer = &e.writer
	}
	for _, m := range e.signers {
		p.Signers = append(p.Signers, api.Signer{Address: m.signer, Seen: moment(m.at)})
	}
	slices.SortStableFunc(p.Signers, func(a, b api.Signer) int { return cmp.Compare(rank(a, o.Proposer), rank(b, o.Proposer)) })
	for _, r := range e.refusals {
		told := api.Refused{Address: r.signer, Reason: r.reason, Seen: moment(r.at)}
		if !r.own.IsZero() {
			told.OwnPrice = &r.own
		}
		p.Refusals = append(p.Refusals, told)
	}
	return p
}

// rank puts the proposer before all others.
func rank(s api.Signer, proposer signing.Address) int {
	if s.Address == proposer {
		return 0
	}
	return 1
}

// moment returns an instant, nil if it is not known.
func moment(at consensus.Millis) *consensus.Time {
	if at == 0 {
		return nil
	}
	t := consensus.Time(at.Time())
	return &t
}
