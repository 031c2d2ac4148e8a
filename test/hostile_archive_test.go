package test_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/archive"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/gossip"
)

// forger is a member of the topic that serves made-up certificates.
type forger struct {
	*tap
	network  string
	interval time.Duration
	liar     signing.Key                                                      // in the roster
	forge    func(o consensus.Observation) (network string, by []signing.Key) // who signs; the proposer is the liar
	asked    atomic.Int64
	reports  map[signing.Digest][]byte // made once asked for; of one handler at a time
	ids      map[archive.Round][]signing.Digest
}

// serveForged joins the network as a host of this number.
func (c *cluster) serveForged(number byte, f *forger) {
	f.tap, f.network, f.interval = &tap{}, c.settings.Network, c.settings.FetchPriceInterval
	f.reports, f.ids = make(map[signing.Digest][]byte), make(map[archive.Round][]signing.Digest)
	name := global.PricesTopic(f.network)
	h := c.plug(number, makeKey(c.t, number))
	network, err := gossip.New(h, gossip.Config{
		Network:   f.network,
		Bootstrap: c.bootstrapInfo(),
		Topics:    []gossip.TopicConfig{{Name: name, MaxBytes: global.MaxReportBytes, Validate: f.hear}},
		Serve: []gossip.ServeConfig{{
			Protocol: global.SyncProtocol(f.network), MaxRequest: archive.MaxRequestBytes, MaxResponse: archive.MaxResponseBytes,
			Handler: func(_ context.Context, _ peer.ID, b []byte) ([]byte, error) { return f.answer(c.t, b) },
		}},
	})
	if err != nil {
		c.t.Fatal(err)
	}
	f.topic = network.Topic(name)
	f.running = run(func(ctx context.Context) error {
		return errors.Join(network.Run(ctx), network.Close(), h.Close())
	})
	c.taps = append(c.taps, f.tap)
}

// answer has every bucket differ, and one certificate in each round.
func (f *forger) answer(t *testing.T, b []byte) ([]byte, error) {
	f.asked.Add(1)
	r, err := archive.DecodeRequest(b)
	if err != nil {
		return nil, err
	}
	var response archive.Response
	for range r.Buckets {
		c := archive.Children{Mask: 0xffff}
		for i := range 16 {
			c.Fingerprints = append(c.Fingerprints, archive.Fingerprint{1, byte(i)})
		}
		response.Buckets = append(response.Buckets, c)
	}
	for _, round := range r.Rounds {
		if f.ids[round] == nil {
			o := observation(t, f.liar, round.Round, 0)
			o.ObservedAt = consensus.MillisOf(round.Round.Start().Add(time.Second))
			network, by := f.forge(o)
			var attestations []consensus.Attestation
			for _, key := range by {
				attestations = append(attestations, attest(t, network, o, key))
			}
			id := o.Digest(signing.NewDomain(network))
			f.reports[id] = assemble(network, o, attestations...).Encode()
			f.ids[round] = []signing.Digest{id}
		}
		response.Rounds = append(response.Rounds, f.ids[round])
	}
	for _, id := range r.IDs {
		response.Reports = append(response.Reports, f.reports[id])
	}
	return response.Encode(), nil
}

// TestHostileArchive has peers that serve certificates without a quorum, of another network, with signatures of others, or
// none at all of those that they claim to hold: nothing of it is kept, and the network goes on.
func TestHostileArchive(t *testing.T) { //nolint:paralleltest // see simulate
	for _, x := range []struct { //nolint:paralleltest // see simulate
		name  string
		forge func(c *cluster, liar signing.Key) func(consensus.Observation) (string, []signing.Key)
		cut   bool // an honest node could not have sent it
	}{
		{"no quorum", func(c *cluster, liar signing.Key) func(consensus.Observation) (string, []signing.Key) {
			return func(consensus.Observation) (string, []signing.Key) { return c.settings.Network, []signing.Key{liar} }
		}, false},
		{"strangers for a quorum", func(c *cluster, liar signing.Key) func(consensus.Observation) (string, []signing.Key) {
			keys := []signing.Key{liar, makeKey(c.t, 60), makeKey(c.t, 61), makeKey(c.t, 62)}
			return func(consensus.Observation) (string, []signing.Key) { return c.settings.Network, keys }
		}, false},
		{"another network", func(c *cluster, _ signing.Key) func(consensus.Observation) (string, []signing.Key) {
			var keys []signing.Key
			for _, s := range c.seats {
				keys = append(keys, s.key) // whose holders are in both
			}
			return func(consensus.Observation) (string, []signing.Key) { return "another", keys }
		}, true},
	} {
		t.Run(x.name, func(t *testing.T) {
			simulate(t, func(t *testing.T, c *cluster) {
				seats := c.form(4, 3)
				f := &forger{liar: seats[3].key}
				f.forge = x.forge(c, f.liar)
				c.serveForged(50, f)
				c.meshed(seats[:3]...)
				rounds := c.rounds(3)
				if f.asked.Load() == 0 {
					t.Fatal("the forger was not asked, so nothing is tested")
				}
				pass(5 * time.Minute)
				c.nextRound()
				c.settle()
				for _, s := range seats[:3] {
					sums := sumMetrics(c, s.metrics)
					if n := sums["sync_fetched_total"]; n != 0 {
						t.Errorf("node%d took %v certificates", s.number, n)
					}
					t.Logf("node%d: %v unwanted, %v comparisons failed", s.number, sums["sync_unwanted_total"], sums["syncs_total failed"])
				}
				if n := f.asked.Load(); n > 600 {
					t.Errorf("asked %d times in 6 minutes", n)
				}
				for _, s := range seats[:3] {
					c.halt(s)
					for id := range c.archive(s, 0, rounds[2]) {
						if _, forged := f.reports[id]; forged {
							t.Error("a forged certificate is in an archive")
						}
					}
				}
				if rows := c.rows(); slices.ContainsFunc(rows, func(r consensus.Row) bool { return r.FirstSigner == f.liar.Address() }) {
					t.Error("a forged certificate is stored")
				}
				c.expectRows(rounds[2], seats[:3]...)
				t.Log(fmt.Sprint(f.asked.Load(), " requests"))
			})
		})
	}
}
