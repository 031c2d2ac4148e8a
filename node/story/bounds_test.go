package story_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node/api"
	"github.com/gossip-price/gossip-price/node/story"
)

// The largest round fits: 32 pairs, 16 proposers, and all 1024 members sign. It is told pair by pair. The next one takes its
// place.
func TestLargestRound(t *testing.T) {
	t.Parallel()
	b := newBook()
	all := make([]signing.Address, 1024)
	for n := range all {
		all[n] = member(n)
	}
	for p := range 32 {
		for proposer := range 16 {
			o, id := seen(proposer, first, price.Pair(fmt.Sprintf("P%d-USD", p)))
			b.Signed(o, id, all, true, at(0))
		}
	}
	if _, known, err := b.Story(first, "", at(0)); !known || !errors.Is(err, api.ErrTooLong) {
		t.Errorf("the whole round: known %t, %v", known, err)
	}
	s, _, err := b.Story(first, "P31-USD", at(0))
	if err != nil || len(s.Proposals) != 16 || len(s.Proposals[15].Signers) != len(all) {
		t.Errorf("one pair: %d prices, %v", len(s.Proposals), err)
	}
	o, id := seen(99, first, pair)
	b.Signed(o, id, all, true, at(0)) // one more than fits
	if s, _, err := b.Story(first, pair, at(0)); err != nil || len(s.Proposals) != 1 || len(s.Proposals[0].Signers) != 0 {
		t.Errorf("beyond the bound: %+v, %v", s, err)
	}
	if prices, marks := b.Held(); prices != 513 || marks != story.MaxMarks {
		t.Errorf("%d prices, %d marks", prices, marks)
	}
	o, id = seen(1, first+1, pair)
	b.Signed(o, id, members(1), false, at(0))
	if oldest, newest := b.Span(); oldest != first+1 || newest != first+1 {
		t.Errorf("rounds %d to %d", oldest, newest)
	}
	if prices, marks := b.Held(); prices != 1 || marks != 1 {
		t.Errorf("%d prices, %d marks", prices, marks)
	}
}

// Rounds that are told at once have no more than MaxTold together. One that has more alone is left out, and counts for none of the
// others.
func TestStoriesBound(t *testing.T) {
	t.Parallel()
	b := newBook()
	round := func(n, prices, signers int) {
		all := make([]signing.Address, signers)
		for i := range all {
			all[i] = member(i)
		}
		for p := range prices {
			o, id := seen(0, first+consensus.Round(interval*n), price.Pair(fmt.Sprintf("P%d-USD", p)))
			b.Signed(o, id, all, true, at(0))
		}
	}
	const signers = 1023
	most := story.MaxTold / (1 + signers)
	round(0, most/2, signers)
	round(1, most/2, signers)
	round(2, most/2, signers)
	round(3, most+1, signers)
	var told []consensus.Round
	for _, s := range b.Stories("", 10, at(time.Hour)) {
		told = append(told, (s.Round-first)/interval)
	}
	if want := []consensus.Round{2, 1}; !slices.Equal(told, want) {
		t.Errorf("told of rounds %v, want %v", told, want)
	}
}

// Rounds of a second, for hours: the oldest go.
func TestManyRounds(t *testing.T) {
	t.Parallel()
	b := newBook()
	const rounds, proposers = 5000, 4
	for i := range rounds {
		for p := range proposers {
			o, id := seen(p, first+consensus.Round(i), pair)
			b.Signed(o, id, members(1, 2, 3), true, at(time.Duration(i)*time.Second))
		}
	}
	oldest, newest := b.Span()
	if want := first + rounds - story.MaxPrices/proposers; oldest != want || newest != first+rounds-1 {
		t.Errorf("rounds %d to %d, want from %d", oldest, newest, want)
	}
	o, id := seen(1, first, pair) // of the past: there is no room for it
	b.Signed(o, id, members(1), false, at(0))
	if _, known, err := b.Story(first, "", at(0)); known || err != nil {
		t.Errorf("what is older than all: known %t, %v", known, err)
	}
	stories := b.Stories("", 3, at(4998*time.Second))
	if len(stories) != 3 || stories[0].Round != first+4998 || stories[2].Round != first+4996 {
		t.Errorf("%d last rounds: %+v", len(stories), stories)
	}
	if found := b.Find(id[:4]); len(found) > 0 {
		t.Errorf("found %v", found)
	}
	o, id = seen(2, newest, pair)
	if found := b.Find(id[:4]); len(found) != 1 || found[0] != o.Round {
		t.Errorf("found %v, want %d", found, o.Round)
	}
	if n := len(b.Stories("BTC-USD", 3, at(time.Hour*2))); n != 0 {
		t.Errorf("%d rounds of another pair", n)
	}
}

// Whatever is noted in whatever order, each price is told once, with its proposer first and each member once a list, and the book
// counts what it holds.
func TestAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b, now := newBook(), at(0)
		someone := rapid.IntRange(0, 5)
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 10).Draw(t, "seconds")) * time.Second)
			o, id := seen(someone.Draw(t, "proposer"), first+consensus.Round(interval*rapid.IntRange(0, 3).Draw(t, "round")), pair)
			switch rapid.IntRange(0, 6).Draw(t, "what") {
			case 0, 1:
				b.Signed(o, id, members(someone.Draw(t, "signer"), someone.Draw(t, "signer")), rapid.Bool().Draw(t, "quorum"), now)
			case 2:
				b.Refused(o, id, consensus.RefusedDeviation, dollars("1"), now)
			case 3:
				b.Heard(member(someone.Draw(t, "member")), []consensus.RefusedPrice{{ID: consensus.ShortIDOf(id)}}, now)
			case 4:
				b.Stored(id, member(someone.Draw(t, "writer")), now)
			case 5:
				second := o
				second.Price = dollars("3000")
				b.Convicted(o, second, domain(), now)
			case 6:
				b.Silent(members(someone.Draw(t, "member")), now)
			}
		}
		prices, marks := 0, 0
		for _, s := range b.Stories("", 100, at(time.Hour)) {
			for _, p := range s.Proposals {
				prices++
				marks += checkProposal(t, p)
			}
		}
		if heldPrices, heldMarks := b.Held(); heldPrices != prices || heldMarks != marks {
			t.Fatalf("it says %d prices and %d marks, and tells %d and %d", heldPrices, heldMarks, prices, marks)
		}
	})
}

func checkProposal(t *rapid.T, p api.Proposal) (marks int) {
	signers, refusers := make(map[signing.Address]bool), make(map[signing.Address]bool)
	for i, s := range p.Signers {
		if signers[s.Address] || s.Address == p.FirstSigner && i > 0 {
			t.Fatalf("signers %+v of %s", p.Signers, p.FirstSigner)
		}
		signers[s.Address] = true
	}
	for _, r := range p.Refusals {
		if refusers[r.Address] {
			t.Fatalf("refusals %+v", p.Refusals)
		}
		refusers[r.Address] = true
	}
	return len(p.Signers) + len(p.Refusals)
}
