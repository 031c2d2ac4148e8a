package consensus_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus"
)

// TestListsAreClosed: counters are made from these lists, so they hold each name once and none is empty.
func TestListsAreClosed(t *testing.T) {
	t.Parallel()
	outcomes, refusals := consensus.Outcomes(), consensus.Refusals()
	if slices.Contains(outcomes, "") || slices.Contains(refusals, "") {
		t.Errorf("an empty name: %q, %q", outcomes, refusals)
	}
	slices.Sort(outcomes)
	slices.Sort(refusals)
	if n, m := len(slices.Compact(outcomes)), len(slices.Compact(refusals)); n != 12 || m != 6 {
		t.Errorf("%d outcomes and %d refusals, want 12 and 6", n, m)
	}
	beats, troubles := consensus.HeartbeatOutcomes(), consensus.Troubles()
	slices.Sort(beats)
	slices.Sort(troubles)
	if n, m := len(slices.Compact(beats)), len(slices.Compact(troubles)); n != 8 || m != 8 || slices.Contains(troubles, "") {
		t.Errorf("%d outcomes of heartbeats and %d kinds of findings, want 8 and 8", n, m)
	}
	for _, o := range append(consensus.Outcomes(), consensus.HeartbeatOutcomes()...) {
		want := o == consensus.Malformed || o == consensus.ForeignNetwork || o == consensus.BadSignature
		if o.AtFault() != want {
			t.Errorf("%s: at fault %t", o, o.AtFault())
		}
	}
}

// messages draws what a hostile peer may send: reports and evidence, each with one thing changed or nothing.
func (w world) messages() *rapid.Generator[[]byte] {
	return rapid.Custom(func(t *rapid.T) []byte {
		proposer := rapid.IntRange(0, 5).Draw(t, "proposer")
		o := w.priced(proposer, rapid.SampledFrom([]string{"3000", "3001", "2000"}).Draw(t, "price"))
		switch rapid.IntRange(0, 9).Draw(t, "change") {
		case 0:
			o.Pair = "DOGE-USD"
		case 1:
			o.Round += consensus.Round(rapid.SampledFrom([]int{1, 600, 1200, 6000}).Draw(t, "rounds"))
		case 2:
			o.ObservedAt += consensus.Millis(rapid.IntRange(0, 1_000_000).Draw(t, "later"))
		}
		signers := append([]int{proposer}, rapid.SliceOfNDistinct(rapid.IntRange(6, 11), 0, 6, rapid.ID).Draw(t, "others")...)
		r := w.report(o, signers...)
		if rapid.IntRange(0, 5).Draw(t, "damage") == 0 {
			i := rapid.IntRange(0, len(r.Attestations)-1).Draw(t, "damaged")
			r.Attestations[i] = damaged(r.Attestations[i])
		}
		if rapid.IntRange(0, 9).Draw(t, "foreign") == 0 {
			r.Network = "othernet"
		}
		b := r.Encode()
		if rapid.Bool().Draw(t, "evidence") {
			b = consensus.NewEvidence(r, w.report(w.priced(proposer, "2999"), proposer)).Encode()
		}
		if rapid.IntRange(0, 9).Draw(t, "cut") == 0 {
			b = b[:rapid.IntRange(0, len(b)).Draw(t, "length")]
		}
		return b
	})
}

// TestEveryMessageHasAnOutcome: whatever comes, in closed and open networks, ends in one of the outcomes, and what is not
// accepted changes nothing but a proven fault.
func TestEveryMessageHasAnOutcome(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t, 8)
		if rapid.IntRange(0, 3).Draw(t, "kind") == 0 {
			w.policy.Roster = consensus.NewRoster()
		}
		e, now := w.engine(7), at(0)
		for range rapid.IntRange(1, 12).Draw(t, "messages") {
			now = now.Add(time.Duration(rapid.Int64Range(-int64(skew), int64(interval/4)).Draw(t, "later")))
			b := w.messages().Draw(t, "message")
			receive := e.Receive
			if rapid.Bool().Draw(t, "as evidence") {
				receive = e.ReceiveEvidence
			}
			before := e.Sizes()
			c := receive(b, now)
			if !slices.Contains(consensus.Outcomes(), c.Outcome) {
				t.Fatalf("outcome %q", c.Outcome)
			}
			if c.Outcome != consensus.Accepted && c.Evidence == nil && e.Sizes() != before {
				t.Fatalf("%s changed %+v into %+v", c.Outcome, before, e.Sizes())
			}
			if c.Evidence != nil && c.Evidence.Verify(w.policy.Roster.Contains) != nil {
				t.Fatalf("not evidence: %+v", c.Evidence)
			}
			decisions, _, _ := e.Decide(now)
			for _, d := range decisions {
				if d.Refusal != "" && !slices.Contains(consensus.Refusals(), d.Refusal) {
					t.Fatalf("refusal %q", d.Refusal)
				}
			}
		}
	})
}

// FuzzReceive gives any bytes to both validators.
func FuzzReceive(f *testing.F) {
	w, v := goodEvidence(f)
	f.Add([]byte(nil))
	f.Add(v.Encode())
	f.Add(w.report(v.First.Observation, 0, 1, 2).Encode())
	f.Add(w.report(v.Second.Observation, 0, 5, 6).Encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		e := w.engine(3)
		expect(t, e.Receive(v.First.Encode(), at(time.Minute)), consensus.Accepted)
		for _, receive := range []func([]byte, time.Time) consensus.Change{e.Receive, e.ReceiveEvidence} {
			if c := receive(b, at(time.Minute)); !slices.Contains(consensus.Outcomes(), c.Outcome) {
				t.Fatalf("%x: outcome %q", b, c.Outcome)
			}
		}
	})
}
