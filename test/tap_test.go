package test_test

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/gossip"
)

// tap is a gossip host without a node: it hears all reports that travel, and sends what a test makes.
type tap struct {
	*running
	topic *gossip.Topic

	mu    sync.Mutex
	heard []consensus.Report
}

// tap joins the network as a host of this number, with a key that is in no roster.
func (c *cluster) tap(number byte) *tap {
	x := &tap{}
	name := global.PricesTopic(c.settings.Network)
	h := c.plug(number, makeKey(c.t, number))
	network, err := gossip.New(h, gossip.Config{
		Network:   c.settings.Network,
		Bootstrap: c.bootstrapInfo(),
		Topics:    []gossip.TopicConfig{{Name: name, MaxBytes: global.MaxReportBytes, Validate: x.hear}},
	})
	if err != nil {
		c.t.Fatal(err)
	}
	x.topic = network.Topic(name)
	x.running = run(func(ctx context.Context) error {
		return errors.Join(network.Run(ctx), network.Close(), h.Close())
	})
	c.taps = append(c.taps, x)
	return x
}

func (x *tap) hear(_ context.Context, data []byte) gossip.Verdict {
	r, err := consensus.DecodeReport(data)
	if err != nil {
		return gossip.Reject
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.heard = append(x.heard, r)
	return gossip.Accept
}

// place is where a proposer may propose once; there is one pair.
type place struct {
	Proposer signing.Address
	Round    consensus.Round
}

// places returns how many different prices were heard of each proposer in each round.
func (x *tap) places() map[place]int {
	x.mu.Lock()
	defer x.mu.Unlock()
	places, seen := make(map[place]int), make(map[consensus.Observation]bool)
	for _, r := range x.heard {
		if o := r.Observation; !seen[o] {
			seen[o] = true
			places[place{o.Proposer, o.Round}]++
		}
	}
	return places
}

// signedBy returns the observations of which a signer's attestation was heard.
func (x *tap) signedBy(signer signing.Address) map[consensus.Observation]bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	signed := make(map[consensus.Observation]bool)
	for _, r := range x.heard {
		if slices.ContainsFunc(r.Attestations, func(a consensus.Attestation) bool { return a.Signer == signer }) {
			signed[r.Observation] = true
		}
	}
	return signed
}
