package dashboard_test

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node/api"
)

const interval = 10 * time.Second

// world makes the parts of a healthy network.
type world struct {
	now       time.Time
	random    *rand.Rand
	addresses []signing.Address
	proposers int
}

// healthy is a node of a network of so many, an hour after its start: all is well.
func healthy(t testing.TB, members int) *fake {
	t.Helper()
	w := world{
		now:    time.Date(2026, 1, 2, 12, 0, 4, 300e6, time.UTC),
		random: rand.New(rand.NewPCG(1, uint64(members))), addresses: make([]signing.Address, members), proposers: min(16, members),
	}
	for i := range w.addresses {
		digest := sha256.Sum256(fmt.Append(nil, i))
		copy(w.addresses[i][:], digest[:])
	}
	slices.SortFunc(w.addresses, signing.Address.Compare)
	f := &fake{network: api.Network{
		Time: consensus.Time(w.now), Name: "devnet", Self: w.addresses[1], Interval: 15_000, Findings: []api.Finding{},
		Clock: api.Clock{Offset: pointer(int64(3)), Heard: members - 1, Needed: members / 2},
	}, pairs: []price.Pair{pair}}
	for i := range w.addresses {
		f.network.Members = append(f.network.Members, w.member(i))
	}
	f.network.Members[1].ClockOffset = nil
	f.stories = w.stories(t)
	f.latest = map[price.Pair]api.Latest{pair: w.latest(f.stories[2])}
	for _, name := range []string{"peers", "quorum", "own_prices", "price_source", "clock", "backlog", "disk", "key_file", "database_role"} {
		f.checks = append(f.checks, api.Check{Name: name, State: api.CheckOK, Detail: "as it should be"})
	}
	return f
}

func (w world) ago(d time.Duration) *consensus.Time { return pointer(consensus.Time(w.now.Add(-d))) }

func (w world) member(i int) api.Member {
	all := len(w.addresses)
	m := api.Member{
		Address: w.addresses[i], PeerID: "16Uiu2HAm" + w.addresses[i].String()[2:], LastHeard: w.ago(time.Duration(w.random.IntN(15_000)) * time.Millisecond),
		ClockOffset: pointer(int64(w.random.IntN(30) - 15)), Started: w.ago(time.Hour), Version: "v1.4.2", Store: "5f1d",
		LastRow: w.ago(24300 * time.Millisecond), Quorums: 1440, Refusals: 2, Peers: uint64(all - 1),
	}
	for first := 0; first < all; first += consensus.MaxReceived {
		got := api.Received{Until: *w.ago(4300 * time.Millisecond), Rounds: 60, First: first}
		for j := first; j < min(all, first+consensus.MaxReceived); j++ {
			if j == i {
				got.Prices = append(got.Prices, 0)
				continue
			}
			m.Connected = append(m.Connected, j)
			got.Prices = append(got.Prices, uint16(max(1, 60*w.proposers/all-w.random.IntN(2))))
		}
		m.Received = append(m.Received, got)
	}
	return m
}

func (w world) stories(t testing.TB) []api.Story {
	t.Helper()
	all, quorum := len(w.addresses), max(3, 2*w.proposers/3+1)
	var stories []api.Story
	cents := 327_054
	for k := range 60 {
		start := w.now.Truncate(interval).Add(-time.Duration(k) * interval)
		s := api.Story{Round: consensus.Round(start.Unix()), RoundTime: consensus.Time(start), Complete: k > 1, Needed: quorum}
		cents += w.random.IntN(241) - 120
		for i, who := range w.random.Perm(all)[:w.proposers] {
			seen := start.Add(time.Duration(120+40*i) * time.Millisecond)
			p := api.Proposal{
				ID: signing.Digest(sha256.Sum256(fmt.Append(nil, k, i))), Pair: pair, FirstSigner: w.addresses[who],
				ObservedTime: consensus.Time(seen), Seen: pointer(consensus.Time(seen)), Refusals: []api.Refused{}, Verified: true,
				Quorum: pointer(consensus.Time(seen.Add(time.Duration(60+w.random.IntN(200)) * time.Millisecond))),
			}
			c := cents + w.random.IntN(80)
			p.Price = parse(t, fmt.Sprintf("%d.%02d", c/100, c%100))
			p.Signers = append(p.Signers, api.Signer{Address: w.addresses[who], Seen: p.Seen})
			for _, signer := range w.random.Perm(all) {
				if signer != who && len(p.Signers) < quorum {
					p.Signers = append(p.Signers, api.Signer{Address: w.addresses[signer], Seen: p.Quorum})
				}
			}
			if k > 2 {
				p.InStore, p.Stored, p.Writer = true, pointer(consensus.Time(start.Add(12*time.Second))), &w.addresses[k%all]
			}
			s.Proposals = append(s.Proposals, p)
		}
		stories = append(stories, s)
	}
	return stories
}

// latest returns the price of a round as api.Latest says it.
func (w world) latest(s api.Story) api.Latest {
	prices := make([]price.Price, 0, len(s.Proposals))
	for _, p := range s.Proposals {
		prices = append(prices, p.Price)
	}
	slices.SortFunc(prices, price.Price.Compare)
	middle := prices[(len(prices)-1)/2]
	l := api.Latest{
		Pair: pair, Price: middle, RoundTime: s.RoundTime, Age: w.now.Sub(time.Time(s.RoundTime)).Milliseconds(), Count: len(prices),
		Lowest: prices[0], Highest: prices[len(prices)-1], Spread: 212, Signers: min(len(w.addresses), 3*len(s.Proposals)),
	}
	for _, p := range s.Proposals {
		if p.Price == middle {
			l.Proof.ID = p.ID
		}
	}
	return l
}
