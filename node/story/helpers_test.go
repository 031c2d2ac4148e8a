package story_test

import (
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node/api"
	"github.com/gossip-price/gossip-price/node/story"
)

const (
	first    = consensus.Round(1_800_000_000)
	interval = 600
	settle   = 30 * time.Second
	pair     = price.Pair("ETH-USD")
)

// at is an instant after the start of the first round.
func at(d time.Duration) time.Time { return first.Start().Add(d) }

func newBook() *story.Book {
	return story.New(story.Config{Self: member(4), Quorum: 3, Members: 4, Settle: settle})
}

func domain() signing.Domain { return signing.NewDomain("n") }

// member returns an address.
func member(n int) signing.Address { return signing.Address{byte(n >> 8), byte(n), 19: 1} }

func members(numbers ...int) (list []signing.Address) {
	for _, n := range numbers {
		list = append(list, member(n))
	}
	return list
}

// seen is what a member saw in a round, and its id.
func seen(proposer int, round consensus.Round, of price.Pair) (consensus.Observation, signing.Digest) {
	o := consensus.Observation{Pair: of, Price: dollars("2000"), Round: round, ObservedAt: consensus.MillisOf(round.Start()), Proposer: member(proposer)}
	return o, o.Digest(domain())
}

func dollars(text string) price.Price {
	p, err := price.Parse(text)
	if err != nil {
		panic(err)
	}
	return p
}

// tell returns the story of a round.
func tell(t *testing.T, b *story.Book, round consensus.Round, now time.Time) api.Story {
	t.Helper()
	s, known, err := b.Story(round, "", now)
	if !known || err != nil {
		t.Fatalf("story of %d: known %t, %v", round, known, err)
	}
	return s
}

func same(t *testing.T, what string, got *consensus.Time, want time.Time) {
	t.Helper()
	switch {
	case got == nil != want.IsZero():
		t.Errorf("%s: %v, want %v", what, got, want)
	case got != nil && !time.Time(*got).Equal(want):
		t.Errorf("%s: %v, want %v", what, time.Time(*got), want)
	}
}
