package consensus_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
)

// hops is how often a message is passed on in a network of so many members, each time for 10 to 150 ms.
func hops(members int) func(*rand.Rand) time.Duration {
	n := 1
	for reached := 6; reached < members-1; reached *= 6 {
		n++
	}
	return func(random *rand.Rand) (d time.Duration) {
		for range n {
			d += 10*time.Millisecond + time.Duration(random.Int64N(int64(140*time.Millisecond)))
		}
		return d
	}
}

// fleet is a sea with a sick third.
type fleet struct {
	*sea
	prices []consensus.Observation // of the healthy, of the rounds that count
}

// sail runs some rounds, of which the first ones, in which the network gets to know itself, don't count.
func sail(t *testing.T, members, warmUp, rounds int, sick string) *fleet {
	t.Helper()
	f := &fleet{sea: newSea(t, members, uint64(members), hops(members))}
	f.work = 2 * time.Millisecond
	f.policy.Interval = 30 * time.Second
	f.open()
	third := map[string]int{"dead": members / 3, "refusing": members / 3}[sick]
	for _, n := range f.nodes[:third] {
		n.alive = sick == "refusing"
	}
	for k := range warmUp + rounds {
		r := round + consensus.Round(k*30)
		f.now = r.Start()
		for i, n := range f.nodes {
			own := "3000"
			if i < third {
				own = fmt.Sprint(4000 + 100*i) // nobody else's
			}
			observe(t, n.engine, own, f.now)
			if n.alive && n.engine.Proposes(pair, r) {
				f.after(time.Duration(f.random.Int64N(int64(2*time.Second))), func() { f.propose(n, own, r) })
			}
		}
		f.run(r.Start().Add(29 * time.Second))
		for o := range f.proposed {
			if k >= warmUp && o.Round == r && o.Price == parsePrice(t, "3000") {
				f.prices = append(f.prices, o)
			}
		}
	}
	return f
}

// perPrice returns how many messages were published a price.
func (f *fleet) perPrice() float64 {
	sum := 0
	for _, o := range f.prices {
		sum += f.messages[o]
	}
	return float64(sum) / float64(len(f.prices))
}

// latencies returns how long each living node waited for each quorum.
func (f *fleet) latencies(t *testing.T) []time.Duration {
	t.Helper()
	var all []time.Duration
	for _, n := range f.nodes {
		for _, o := range f.prices {
			at, ok := n.quorums[o]
			if n.alive && !ok {
				t.Fatalf("no quorum of %+v", o)
			}
			if n.alive {
				all = append(all, at.Sub(f.proposed[o]))
			}
		}
	}
	return all
}

// twoDeliveries returns as many sums of two plain deliveries.
func (f *fleet) twoDeliveries(n int) []time.Duration {
	sums := make([]time.Duration, n)
	for i := range sums {
		sums[i] = f.delivery(f.random) + f.delivery(f.random)
	}
	return sums
}

func quantile(list []time.Duration, percent int) time.Duration {
	slices.Sort(list)
	return list[(len(list)*percent+99)/100-1]
}

// TestStagedMessages counts what a price costs (section 3.5): published messages, with a quorum of 3, and how long it
// takes in multiples of the same quantile of two plain deliveries. SIM_NODES=1000 has it go on to networks of up to so
// many members, which takes a minute.
func TestStagedMessages(t *testing.T) {
	t.Parallel()
	largest, err := strconv.Atoi(cmp.Or(os.Getenv("SIM_NODES"), "16"))
	if err != nil {
		t.Fatal(err)
	}
	for _, members := range []int{4, 16, 64, 256, 1000} {
		if members > largest {
			continue
		}
		for sick, most := range map[string]float64{"none": 3.1, "dead": 3.5, "refusing": 3.5} {
			t.Run(fmt.Sprint(members, " ", sick), func(t *testing.T) {
				t.Parallel()
				rounds := max(2, 96/min(members, 16)/(1+members/250))
				f := sail(t, members, 4, rounds, sick)
				got := f.latencies(t)
				two := f.twoDeliveries(10_000)
				times := func(percent int) float64 { return float64(quantile(got, percent)) / float64(quantile(two, percent)) }
				t.Logf("%4d members, third %-8s: %.2f messages a price of %d, p50 %.2f, p99 %.2f times two deliveries, stage %v",
					members, sick, f.perPrice(), len(f.prices), times(50), times(99), f.nodes[members-1].engine.StageDelay())
				if f.perPrice() > most {
					t.Errorf("%.2f messages a price, want at most %.1f", f.perPrice(), most)
				}
			})
		}
	}
}
