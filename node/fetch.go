package node

import (
	"context"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/global/price"
)

// fetchLoop fetches one pair's price, one fetch at a time: once in every round, and when a proposal waits for it. On
// start-up it fetches for the current round, as soon as enough peers are there to reach quorum.
func (n *Node) fetchLoop(ctx context.Context, pair price.Pair) error {
	if !n.waitForPeers(ctx, pair) || !n.waitForClock(ctx) {
		return nil
	}
	for {
		end, demand := n.roundEnd(), n.demand[pair]
		if !n.fetch(ctx, pair, end) {
			demand = nil // the source has had its tries, or asked for a longer wait: proposals don't hurry it
		}
		select {
		case <-n.demand[pair]: // what asked during the fetch has its answer
		default:
		}
		if !n.waitUntil(ctx, end.Add(n.policy.FetchOffset()), demand) {
			return nil
		}
	}
}

// roundEnd returns the instant at which the current round ends.
func (n *Node) roundEnd() time.Time {
	return consensus.RoundAt(n.now(), n.policy.Interval).Start().Add(n.policy.Interval)
}

// fetch takes the price and proposes it, and tells whether there is one. A node without a price proposes and signs nothing.
func (n *Node) fetch(ctx context.Context, pair price.Pair, end time.Time) bool {
	bounded, cancel := context.WithTimeout(ctx, end.Sub(n.now()))
	defer cancel()
	asked := time.Now()
	quote, err := n.source.Fetch(bounded, pair)
	if ctx.Err() != nil {
		return false
	}
	n.noPrice(pair, err)
	if err != nil {
		n.meters.sources[price.CauseOf(err)].Inc()
		n.log.Warn("no price this round", "pair", pair, "err", err)
		return false
	}
	n.meters.latencies.fetch.note(time.Since(asked))
	if !n.trustsClock() {
		return true // a price with a wrong time on it is worth nothing, neither to propose nor to judge by
	}
	n.engine.Observe(quote)
	n.meters.progress.note(pair, roundFetched, consensus.RoundAt(quote.At, n.policy.Interval))
	if err := n.propose(ctx, quote); err != nil {
		n.log.Error("propose price", "pair", pair, "err", err)
	}
	nudge(n.wake)
	return true
}

// noPrice notes why there is no price of a pair now, after each try: the last one of a fetch may end with the round. nil: there is one.
func (n *Node) noPrice(pair price.Pair, err error) { n.health.set(pricePart+string(pair), err) }

// peerPoll is how often a starting node looks whether its peers are there.
const peerPoll = 100 * time.Millisecond

// waitForPeers waits until quorum - 1 peers listen to the topic, or a proposal asks for the price, or the next round
// begins: what is proposed to nobody helps nobody. It returns false when ctx ended.
func (n *Node) waitForPeers(ctx context.Context, pair price.Pair) bool {
	for end := n.roundEnd(); ; {
		if n.topic.Peers() >= n.policy.Quorum-1 || !n.now().Before(end) {
			return ctx.Err() == nil
		}
		poll := time.NewTimer(peerPoll)
		select {
		case <-ctx.Done():
		case <-n.demand[pair]:
		case <-poll.C:
			continue
		}
		poll.Stop()
		return ctx.Err() == nil
	}
}
