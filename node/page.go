package node

import (
	"net/http"
	"slices"

	"github.com/gossip-price/gossip-price/global/price"
)

// Page returns what shows the node to people.
func (n *Node) Page() http.Handler { return n.page }

// Pairs returns what the node watches.
func (n *Node) Pairs() []price.Pair { return slices.Clone(n.cfg.Pairs) }
