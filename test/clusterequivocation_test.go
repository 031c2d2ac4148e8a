package test_test

import (
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node"
)

// A member of the roster signs two prices for one round and sends one to each half of the network. Every honest node
// signs at most one of them, so only one can get a quorum of three of four. The two are evidence on every node; the
// second such round has the liar banned, also over a restart.
func TestClusterEquivocation(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(t *testing.T, c *cluster) {
		seats := c.form(4, 3)
		honest, liar := seats[:3], seats[3]
		left, right := c.tap(50), c.tap(51)
		c.meshed(honest...)
		// The left tap is near to the first node, the right one to the others; everything else is far.
		c.weather.change(func(w *weather) {
			w.latency = func(from, to byte) time.Duration {
				if near := map[byte]byte{1: 50, 2: 51, 3: 51}; near[from] == to || near[to] == from {
					return 10 * time.Millisecond
				}
				return 400 * time.Millisecond
			}
		})
		round := c.nextRound()
		pass(5 * time.Second)
		for i, from := range []*tap{left, right} {
			data := c.propose(liar, round, int64(i))
			if err := from.topic.Publish(t.Context(), data); err != nil {
				t.Fatal(err)
			}
		}
		c.settle()
		for _, x := range c.taps {
			if n := x.places()[place{liar.key.Address(), round}]; n != 2 {
				t.Errorf("%d prices of the liar travelled to the other half, so nothing was tested", n)
			}
		}
		for _, s := range honest {
			signed, refused := c.ledger.find(node.Signed, told(s), of(liar)), c.ledger.find(node.Refused, told(s), of(liar))
			if len(signed)+len(refused) != 1 { // the other one is not even looked at
				t.Errorf("node%d signed %d prices of the liar and refused %d, want one of both", s.number, len(signed), len(refused))
			}
			if len(refused) == 1 && refused[0].Refusal != consensus.RefusedEquivocation { // its turn came after the evidence
				t.Errorf("node%d refused because %s", s.number, refused[0].Refusal)
			}
			if convicted := c.ledger.find(node.Convicted, told(s), of(liar)); len(convicted) != 1 {
				t.Errorf("node%d convicted the liar %d times", s.number, len(convicted))
			}
		}
		if len(c.ledger.find(node.Quorum, of(liar))) > 0 { // of the one that two nodes saw first, if both were asked at once
			c.expectRows(round, seats...)
		} else {
			c.expectRows(round, honest...)
		}
		for _, later := range c.rounds(2) {
			c.expectRows(later, honest...)
		}
	})
}

// propose returns an encoded report of a seat that has no node, with its own signature alone: the market's price now, and
// so many cents.
func (c *cluster) propose(s *seat, round consensus.Round, cents int64) []byte {
	c.t.Helper()
	now := time.Now().Truncate(time.Millisecond).Add(time.Duration(cents) * time.Millisecond)
	p, err := dollars(market(now) + cents)
	if err != nil {
		c.t.Fatal(err)
	}
	q := price.Quote{Pair: ethUSD, Price: p, At: now}
	s.feed.pretend(q)
	o := consensus.Observation{
		Pair: q.Pair, Price: q.Price, Round: round, ObservedAt: consensus.MillisOf(q.At), Proposer: s.key.Address(),
	}
	signature, err := s.key.Sign(o.Digest(signing.NewDomain(c.settings.Network)))
	if err != nil {
		c.t.Fatal(err)
	}
	return consensus.Report{
		Network: c.settings.Network, Observation: o,
		Attestations: []consensus.Attestation{{Signer: s.key.Address(), Signature: signature}},
	}.Encode()
}
