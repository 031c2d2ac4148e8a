package consensus_test

import (
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

func TestArchiveRounds(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		interval                  time.Duration
		pairs, members, proposers int
		want                      int
	}{
		{10 * time.Minute, 1, 4, 16, 144},
		{10 * time.Minute, 32, 1000, 16, 128},
		{10 * time.Second, 1, 4, 16, 8640},
		{10 * time.Second, 1, 100, 16, 4096},
		{time.Second, 1, 0, 16, 1024}, // open
		{time.Second, 1, 1, 16, 65_536},
		{time.Second, 32, 1024, 1024, 2},
		{48 * time.Hour, 1, 4, 16, 2},
	} {
		p := consensus.Policy{Interval: x.interval, Pairs: make([]price.Pair, x.pairs), Proposers: x.proposers}
		var members []signing.Address
		for i := range x.members {
			members = append(members, signing.Address{byte(i), byte(i >> 8)})
		}
		p.Roster = consensus.NewRoster(members...)
		if got := p.ArchiveRounds(); got != x.want {
			t.Errorf("%+v: %d rounds", x, got)
		}
		until := consensus.Round(1_800_000_000 / int64(x.interval/time.Second) * int64(x.interval/time.Second))
		if rounds := int((until-p.ArchiveFrom(until))/consensus.Round(x.interval/time.Second)) + 1; rounds != x.want {
			t.Errorf("%+v: %d rounds until %d", x, rounds, until)
		}
	}
	p := consensus.Policy{Interval: time.Minute}
	if from := p.ArchiveFrom(120); from != 0 {
		t.Errorf("before the epoch: %d", from)
	}
}

// A round is closed when no clock within the skew still takes its observations.
func TestClosed(t *testing.T) {
	t.Parallel()
	p := consensus.Policy{Interval: time.Minute, Skew: 5 * time.Second}
	for second, want := range map[int64]consensus.Round{599: 480, 604: 480, 605: 540, 664: 540, 665: 600} {
		if got := p.Closed(time.Unix(second, 0)); got != want {
			t.Errorf("at %d: %d, want %d", second, got, want)
		}
	}
}
