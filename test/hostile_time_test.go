package test_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/node"
)

// yearEnd is the last millisecond of the year 9999, beyond which no time has a form in the store.
const yearEnd consensus.Millis = 253402300799999

// A member signs the right price for rounds that are over or have not begun, and as seen at times that can't be: nothing
// of it enters, and its place in the round stays free.
func TestHostileTimes(t *testing.T) { //nolint:paralleltest // see simulate
	besiege(t, member, func(t *testing.T, s *siege) {
		s.nextRound()
		round := s.nextRound()
		pass(10 * time.Second) // the rounds before and after are further away than clocks may differ
		interval := consensus.Round(s.settings.FetchPriceInterval / time.Second)
		skew := consensus.Millis(s.settings.ClockSkew / time.Millisecond)
		now := consensus.MillisOf(time.Now())
		start := consensus.Millis(round) * 1000
		type when struct {
			round consensus.Round
			at    consensus.Millis
		}
		wrong := []when{
			{round - interval, now},
			{round - interval, start - 1},
			{round + interval, now},
			{round + interval, start + 20_000},
			{round - 6*interval, now},
			{round - 4320*interval, now},
			{round + 4320*interval, now},
			{interval, now},
			{interval, 1},
			{round + 1, now},
			{round - 1, now},
			{0, now},
			{253402300780, yearEnd},
			{253402300800, now},
			{1<<64 - 16, now},
			{round, now + 2*skew},
			{round, start - skew - 1},
			{round, start + 20_000},
			{round, start + 24*3600*1000},
			{round, 0},
			{round, 1},
			{round, yearEnd},
			{round, yearEnd + 1},
			{round, 1<<64 - 1},
			{round, 1 << 63},
		}
		for i, w := range wrong {
			if i > 0 && i%honestBound == 0 {
				s.disguise()
			}
			o := observation(t, s.bad.key, w.round, 0)
			o.ObservedAt = w.at
			s.tell(assemble(s.settings.Network, o, attest(t, s.settings.Network, o, s.bad.key)).Encode())
		}
		s.notes = fmt.Sprint(len(wrong), " times")
		s.expectUntouched()
		s.disguise()
		right := observation(t, s.bad.key, round, 0)
		s.bad.pretend(right)
		s.tell(assemble(s.settings.Network, right, attest(t, s.settings.Network, right, s.bad.key)).Encode())
		s.settle()
		s.expectOneRow(round)
	})
}

// What travelled in a round is sent again when gossip has forgotten the bytes, while the digests are still held, and when
// they are not: finished reports, and one that was refused. Nobody does anything about it.
func TestHostileReplay(t *testing.T) { //nolint:paralleltest // see simulate
	besiege(t, member, func(t *testing.T, s *siege) {
		s.mayStay = true // who sends late reports may be late himself
		heard := s.listen()
		round := s.nextRound()
		pass(5 * time.Second)
		refused := observation(t, s.bad.key, round, 30_000) // 10 % off
		incomplete := assemble(s.settings.Network, refused, attest(t, s.settings.Network, refused, s.bad.key))
		s.tell(incomplete.Encode())
		pass(5 * time.Second)
		if n := len(s.ledger.find(node.Refused, of(s.bad))); n != len(s.honest) {
			t.Errorf("the price that is off was refused %d times, want once by each", n)
		}
		reports := append(heard(), incomplete)
		if len(reports) < 1+len(s.honest) {
			t.Errorf("%d reports were heard, so nothing was tested", len(reports))
		}
		for _, at := range []time.Duration{
			125 * time.Second, // after the 120 s of gossip
			145 * time.Second, // after the 2 min of the digests
			5 * time.Minute,
		} {
			pass(time.Until(round.Start().Add(at)))
			again := time.Now()
			s.disguise()
			for _, r := range reports {
				s.tell(r.Encode(), r.EncodeAgain(uint64(at)))
			}
			pass(3 * time.Second)
			for _, step := range []node.Step{node.Proposed, node.Refused, node.Signed, node.Quorum, node.Stored} {
				if n := len(s.ledger.find(step, about(round), since(again))); n > 0 {
					t.Errorf("after %v the old round is %d times: %s", at, n, step)
				}
			}
		}
		s.notes = fmt.Sprint(len(reports), " reports")
	})
}
