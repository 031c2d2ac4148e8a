package dashboard

import (
	"context"
	"fmt"
	"time"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/node/api"
)

// page is all that the page of a gossip node shows.
type page struct {
	Links   links
	Network string
	Self    name
	Version string
	Time    time.Time
	Health  health
	Prices  []priceView
	Facts   []fact
	Rounds  rounds
	Matrix  matrix
	Ring    ring
	Members members
}

// Title returns the page's title: whether something is wrong, then the price.
func (p page) Title() string {
	title := p.Network + " · gossip-price"
	if len(p.Prices) > 0 && p.Prices[0].Known {
		title = fmt.Sprintf("%s %s · %s", p.Prices[0].Pair, p.Prices[0].Price, title)
	}
	if p.Health.State != api.CheckOK {
		title = "(!) " + title
	}
	return title
}

// newPage asks the node for everything. What it can't tell is said in its place.
func newPage(ctx context.Context, source Source) page {
	network := source.Network()
	now, who := time.Time(network.Time), newNames(network)
	stories, err := source.Stories(ctx, api.StoryQuery{Limit: shownRounds})
	stories = stories[:min(len(stories), shownRounds)]
	connected := newConnections(network.Members)
	p := page{
		Network: network.Name, Self: who.of(network.Self), Time: now.UTC(),
		Health:  newHealth(source.Checks(), network.Findings, who, now),
		Facts:   facts(network, now),
		Rounds:  newRounds(stories, err, who),
		Matrix:  newMatrix(network, who),
		Ring:    newRing(network.Members, connected, who),
		Members: newMembers(network, connected, who, now),
	}
	if own := member(network, network.Self); own != nil {
		p.Version = clip(own.Version, label)
	}
	for _, pair := range source.Pairs() {
		v := priceView{Pair: string(pair), Quote: pair.Quote(), Chart: newChart(pair, stories)}
		if knows, ok := source.(pricer); ok {
			v.take(knows.Latest(pair, false))
		}
		p.Prices = append(p.Prices, v)
	}
	return p
}

// member returns one member; nil if the network has it not.
func member(n api.Network, a signing.Address) *api.Member {
	for i := range n.Members {
		if n.Members[i].Address == a {
			return &n.Members[i]
		}
	}
	return nil
}
