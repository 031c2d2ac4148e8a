package node

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store/storetest"
	"github.com/gossip-price/gossip-price/global/price"
)

// mergeTimes has an engine receive reports, each of a price and signer of its own, while do goes on, and returns how long each
// took from bytes to merged.
func mergeTimes(t testing.TB, do func()) (times []time.Duration) {
	t.Helper()
	const interval = time.Minute
	certificates := storetest.NewSigners(t, "n", 1).Certificates(t, 1000)
	o := certificates[0].Observation
	engine := consensus.NewEngine(consensus.Policy{
		Network: "n", Pairs: []price.Pair{"ETH-USD", "BTC-USD", "ETH-EUR"}, Interval: interval, Quorum: 3,
		Roster: consensus.NewRoster([]signing.Address{o.Proposer}...), Skew: time.Second,
	})
	done := make(chan struct{})
	var work sync.WaitGroup
	work.Go(func() {
		do()
		close(done)
	})
	defer work.Wait()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for _, c := range certificates {
		select {
		case <-done:
			return times
		case <-tick.C:
		}
		data, began := c.Encode(), time.Now()
		change := engine.Receive(data, c.Observation.ObservedAt.Time())
		times = append(times, time.Since(began))
		if change.Outcome != consensus.Accepted {
			t.Errorf("merging: %s", change.Outcome)
		}
	}
	return times
}

func quantile(times []time.Duration, q float64) time.Duration {
	slices.Sort(times)
	return times[int(q*float64(len(times)-1))].Round(time.Microsecond)
}
