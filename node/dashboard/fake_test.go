package dashboard_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node/api"
	"github.com/gossip-price/gossip-price/node/dashboard"
)

const pair price.Pair = "ETH-USD"

// fake is a node that says what the test wants.
type fake struct {
	network api.Network
	checks  []api.Check
	pairs   []price.Pair
	latest  map[price.Pair]api.Latest
	stories []api.Story
	err     error // of stories
}

var _ dashboard.Source = &fake{}

func (f *fake) Network() api.Network { return f.network }
func (f *fake) Checks() []api.Check  { return f.checks }
func (f *fake) Pairs() []price.Pair  { return f.pairs }

func (f *fake) Latest(p price.Pair, _ bool) (api.Latest, error) {
	if l, ok := f.latest[p]; ok {
		return l, nil
	}
	return api.Latest{}, fmt.Errorf("latest price: %w", api.ErrNotFound)
}

func (f *fake) Stories(_ context.Context, q api.StoryQuery) ([]api.Story, error) {
	return f.stories[:min(q.Limit, len(f.stories))], f.err
}

// sick is the node of a network of four in which one is down, one refuses and hears little, one has a wrong clock, and the
// store is away.
func sick(t *testing.T) *fake {
	t.Helper()
	f := healthy(t, 4)
	since := consensus.Time(time.Time(f.network.Time).Add(-7 * time.Minute))
	m := f.network.Members
	m[0].ClockOffset = pointer(int64(-41_000))
	m[0].Received[0].Prices[2] = 22
	m[1].Connected, m[1].Backlog, m[1].BacklogAge, m[1].Peers = []int{0, 2}, 168, (6 * time.Minute).Milliseconds(), 2
	m[2].Connected, m[2].Version, m[2].Differs = []int{0}, "v1.3.0", []string{"settle period 20s, here 30s"}
	m[3].Silent, m[3].LastHeard, m[3].PeerID = true, &since, ""
	for k := range f.stories[:42] {
		sicken(t, f, k)
	}
	f.stories[5].Proposals[0].Convicted = true
	f.network.Findings = []api.Finding{
		{Kind: consensus.Silent, Member: m[3].Address, Text: m[3].Address.String() + " was last heard of at 11:53:04", Since: since},
		{
			Kind: consensus.BacklogOld, Member: m[1].Address, Since: since,
			Text: "168 prices of " + m[1].Address.String() + " wait for its price store, the oldest for 6m0s",
		},
		{Kind: consensus.ClockOff, Member: m[0].Address, Text: m[0].Address.String() + "'s clock is 41s behind the others'", Since: since},
		{
			Kind: consensus.ReceivesTooLittle, Member: m[0].Address, Other: &m[2].Address, Since: since,
			Text: m[0].Address.String() + " receives 38 % of " + m[2].Address.String() + "'s prices",
		},
	}
	f.checks[1] = api.Check{
		Name: "quorum", State: api.CheckFailing, Detail: "9 of the last 30 prices reached no quorum: 2 of 3 signers",
		Meaning: "A price without quorum is never stored.", Since: &since,
		Remedy: "See under Nodes who is silent and under Last rounds who refuses; start or repair those nodes.",
	}
	f.checks[4] = api.Check{
		Name: "clock", State: api.CheckWarning, Detail: "one of 3 clocks is 41 s behind",
		Remedy: "Have that node's machine synchronise its clock.",
	}
	f.checks[5] = api.Check{
		Name: "backlog", State: api.CheckFailing, Detail: "168 prices wait for the price store, the oldest for 6m0s", Since: &since,
		Meaning: "They are safe on this node's disk and are written when the store is back.",
		Remedy:  "See that the database of GP_DATABASEURL runs and can be reached from here.",
	}
	l := f.latest[pair]
	l.Stale, l.Age = true, (7 * time.Minute).Milliseconds()
	f.latest[pair] = l
	return f
}

// sicken makes a story one of the time in which the last member is down, the third one refuses, and nothing is stored.
func sicken(t *testing.T, f *fake, k int) {
	t.Helper()
	m, s := f.network.Members, &f.stories[k]
	s.Proposals = slices.DeleteFunc(s.Proposals, func(p api.Proposal) bool { return p.FirstSigner == m[3].Address })
	for i := range s.Proposals {
		p := &s.Proposals[i]
		p.InStore, p.Stored, p.Writer = false, nil, nil
		p.Signers = slices.DeleteFunc(p.Signers, func(s api.Signer) bool { return s.Address == m[2].Address || s.Address == m[3].Address })
		if k%3 == 0 {
			p.Verified, p.Quorum = false, nil
			if p.FirstSigner != m[2].Address {
				p.Refusals = append(p.Refusals, api.Refused{Address: m[2].Address, Reason: consensus.RefusedDeviation})
			}
		}
		if k%3 == 1 && p.FirstSigner == m[0].Address {
			p.Refusals = append(p.Refusals, api.Refused{Address: m[1].Address, Reason: consensus.RefusedDeviation, OwnPrice: pointer(parse(t, "3411.20"))})
		}
	}
}

func pointer[T any](v T) *T { return &v }

func parse(t testing.TB, text string) price.Price {
	t.Helper()
	p, err := price.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
