package consensus_test

import (
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/global/price"
)

// TestEquivocationsAreBounded has all members sign three prices in every round and pair for a long time, with strangers'
// signatures, before, with and after evidence. The bound: for each member, pair and round whose time is not over, and one
// round more, since old ones are swept once a round, a tally and a conviction; a record for each member.
func TestEquivocationsAreBounded(t *testing.T) {
	t.Parallel()
	const members, rounds = 4, 12
	w := newWorld(t, members)
	w.policy.Quorum = members + 1 // nothing is complete, so nothing waits to be saved
	e := w.engine(0)
	const live = 5 // the rounds between a round's start and its forgetting, and one more
	most := consensus.Sizes{}
	for i := range rounds {
		now, evidence := at(time.Duration(i)*interval+time.Second), 0
		for proposer := range members {
			for _, p := range []price.Pair{pair, "BTC-USD"} {
				for j, decimal := range []string{"3000", "3001", "3002"} {
					o := w.priced(proposer, decimal)
					o.Pair, o.Round, o.ObservedAt = p, consensus.RoundAt(now, interval), consensus.MillisOf(now)
					c := e.Receive(w.report(o, proposer, 4, 5+j, 6+j).Encode(), now)
					if c.Evidence != nil {
						evidence++
					}
					v := w.offence(proposer, i-j, p)
					if c = e.ReceiveEvidence(v.Encode(), now); c.Evidence != nil {
						evidence++
					}
				}
			}
		}
		e.Decide(now)
		s := e.Sizes()
		if s.Tallies > live*members*2 || s.Convicted > live*members*2 || s.Offenders > members || s.Strangers > members {
			t.Fatalf("after %d rounds it holds %+v", i, s)
		}
		if i > 0 && evidence != members*2 { // one a place, so that is all that is passed on
			t.Fatalf("in round %d there are %d pieces of evidence", i, evidence)
		}
		most.Convicted = max(most.Convicted, s.Convicted)
	}
	if most.Convicted < 3*members*2 {
		t.Errorf("at most %d were convicted: the bound was not tried", most.Convicted)
	}
}
