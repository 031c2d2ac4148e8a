// Package dashboard shows a node to people: one page, made on the node, that needs nothing from elsewhere.
//
// The page is HTML that says everything without a script. With one it brings itself up to date: it asks for itself again and
// takes over what differs. Whatever comes from other nodes is text to it, never markup.
package dashboard

import (
	"context"

	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node/api"
)

// Source is the node that is shown.
type Source interface {
	api.Observer
	api.Checker
	// Stories tells of the last rounds, the newest first (api.Storyteller).
	Stories(ctx context.Context, q api.StoryQuery) ([]api.Story, error)
	// Pairs returns what the node watches.
	Pairs() []price.Pair
}

// pricer is a source that knows which price stands; without it the page shows those of the rounds alone. Errors wrap
// api.ErrNotFound.
type pricer interface {
	Latest(pair price.Pair, verify bool) (api.Latest, error)
}
