package consensus_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/global/price"
)

func TestEngineProposesOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	e := w.engine(0)
	if !e.Proposes(pair, round) {
		t.Error("a member of four does not propose")
	}
	q := price.Quote{Pair: pair, Price: parsePrice(t, "3000"), At: at(time.Second + 999_999)}
	o := e.Observation(q, round)
	if o != w.observation(0) {
		t.Errorf("observation %+v, want %+v", o, w.observation(0))
	}
	e.Admit(w.report(o, 0), at(time.Minute))
	if e.Proposes(pair, round) || !e.Proposes("BTC-USD", round) || !e.Proposes(pair, round+600) {
		t.Error("it proposes once for a pair and round, and for others still")
	}
	if w.engine(4).Proposes(pair, round) {
		t.Error("a stranger proposes")
	}
	w.policy.Proposers = 1
	proposers := 0
	for i := range 4 {
		if w.engine(i).Proposes(pair, round) {
			proposers++
		}
	}
	if proposers != 1 {
		t.Errorf("%d propose, want 1", proposers)
	}
}

func TestFetchOffset(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := consensus.Policy{
			Interval: time.Duration(rapid.Int64Range(1, 86_400).Draw(t, "seconds")) * time.Second,
			Self:     addresses().Draw(t, "self"),
		}
		got, most := p.FetchOffset(), min(p.Interval/10, 2*time.Second)
		if got < 0 || got > most {
			t.Fatalf("offset %s of %s", got, p.Interval)
		}
		p.Self[19] = 0
		first := p.FetchOffset()
		p.Self[19] = 255
		if last := p.FetchOffset(); first != 0 || last != most {
			t.Fatalf("offsets from %s to %s, want 0 to %s", first, last, most)
		}
	})
}

func TestRounds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		step := time.Duration(rapid.Int64Range(1, 86_400).Draw(t, "seconds")) * time.Second
		now := time.Unix(rapid.Int64Range(86_400, lastRound).Draw(t, "now"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns"))
		r := consensus.RoundAt(now, step)
		if !r.Aligned(step) || now.Before(r.Start()) || !now.Before(r.Start().Add(step)) {
			t.Fatalf("%s is in the round %d of %s", now, r, step)
		}
		if step > time.Second && (r + 1).Aligned(step) {
			t.Fatalf("round %d is aligned to %s", r+1, step)
		}
		if got := consensus.MillisOf(now).Time(); !got.Equal(now.Truncate(time.Millisecond)) || got.Location() != time.UTC {
			t.Fatalf("%s in milliseconds is %s", now, got)
		}
	})
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	for outcome, fault := range map[consensus.Outcome]bool{
		consensus.Malformed: true, consensus.ForeignNetwork: true, consensus.BadSignature: true,
		consensus.UnknownPair: false, consensus.Misaligned: false, consensus.Stale: false,
		consensus.UnknownProposer: false, consensus.Equivocation: false, consensus.TooManyProposers: false,
		consensus.TooManySigners: false, consensus.Duplicate: false, consensus.Accepted: false, "": false,
	} {
		if outcome.AtFault() != fault {
			t.Errorf("%s: at fault %t", outcome, outcome.AtFault())
		}
	}
}
