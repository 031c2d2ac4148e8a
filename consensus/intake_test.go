package consensus_test

import (
	"slices"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
)

// seen is an observation of a round so many after the one that the tests use.
func (w world) seen(proposer, rounds int, of price.Pair) consensus.Observation {
	o := w.observation(proposer)
	o.Pair, o.Round = of, round+consensus.Round(rounds*int(interval/time.Second))
	return o
}

func TestIntake(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	place := make(map[int]int) // by key
	for i := range 4 {
		place[i] = slices.Index(w.policy.Roster.Places(), w.keys[i].Address())
	}
	in := consensus.NewIntake(w.policy, at(time.Minute))
	during := func(rounds int) time.Time { return at(time.Duration(rounds)*interval + time.Minute) }
	if got := in.Received(during(1), 1); got.Rounds != 0 {
		t.Errorf("before a whole round is over: %+v", got)
	}
	check := func(rounds, wantRounds, one, two int) {
		t.Helper()
		got := in.Received(during(rounds), 7)
		want := make([]uint16, 4)
		want[place[1]], want[place[2]] = uint16(one), uint16(two)
		until := round + consensus.Round((rounds-1)*600)
		if got.Rounds != wantRounds || got.Until != until || got.First != 0 || !slices.Equal(got.Counts, want) {
			t.Errorf("after %d rounds: %+v, want %d rounds until %d, %v", rounds, got, wantRounds, until, want)
		}
	}
	in.Note(w.seen(1, 0, pair)) // of the round in which the node started
	for n := 1; n <= 20; n++ {
		if n == 3 {
			check(3, 2, 4, 1)
		}
		in.Note(w.seen(1, n, pair))
		in.Note(w.seen(1, n, pair))
		in.Note(w.seen(1, n, "BTC-USD"))
		if n%2 == 0 {
			in.Note(w.seen(2, n, pair))
		}
		in.Note(w.seen(4, n, pair))       // a stranger
		in.Note(w.seen(3, n, "DOGE-USD")) // a pair that is not served
	}
	check(17, 16, 32, 8)
	check(20, 16, 32, 8)
	check(30, 16, 14, 4) // the rounds 14 to 20 are left, and none came after them
	in.Restart(during(30))
	in.Note(w.seen(1, 31, pair))
	check(32, 1, 1, 0)
}

// In a large roster each heartbeat tells of a part of it, in turn.
func TestIntakeInTurns(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 600)
	in := consensus.NewIntake(w.policy, at(-time.Minute))
	members := w.policy.Roster.Places()
	for n := range 3 {
		in.Note(w.seen(slices.IndexFunc(w.keys, func(k signing.Key) bool { return k.Address() == members[n*256+7] }), 0, pair))
	}
	for turn := range uint64(6) {
		got := in.Received(at(interval), turn)
		first := int(turn%3) * consensus.MaxReceived
		if got.First != first || len(got.Counts) != min(256, 600-first) || got.Counts[7] != 1 || got.Counts[8] != 0 {
			t.Errorf("turn %d: from %d, %d counts", turn, got.First, len(got.Counts))
		}
	}
	open := newWorld(t, 0)
	alone := consensus.NewIntake(open.policy, at(-time.Minute))
	alone.Note(open.seen(1, 0, pair))
	if got := alone.Received(at(interval), 0); got.Rounds != 0 {
		t.Errorf("in an open network: %+v", got)
	}
}
