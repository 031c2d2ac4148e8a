package node

import (
	"context"
	"log/slog"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/global/price"
)

// source is where the node's own prices come from.
type source interface {
	Fetch(ctx context.Context, pair price.Pair) (price.Quote, error)
}

// priceStore is where verified prices go.
type priceStore interface {
	CheckWrite(ctx context.Context) error
	ID(ctx context.Context) (string, error)
	Insert(ctx context.Context, batch *store.Batch) (stored []signing.Digest, err error)
	Read(ctx context.Context, ids []signing.Digest, take func(consensus.Row) error) error
	Latest(ctx context.Context, q store.Query) ([]consensus.Row, error)
}

// Parts are what a node is made of besides its settings. Log and Now are needed; other parts that are nil are made from the
// settings, or left out.
type Parts struct {
	Log *slog.Logger
	// Now is the wall clock; tests skew it.
	Now func() time.Time
	// Source replaces Coinbase at GP_PRICEURL.
	Source source
	// Host replaces a host made from the settings: a simulated one. The node closes it.
	Host host.Host
	// Peers replaces discovery: they are dialled, and no DHT is served or searched. Large simulations have it.
	Peers []peer.AddrInfo
	// Mute leaves out the node's own heartbeats: of a thousand nodes in one process they are most of the work.
	Mute bool
	// Prices replaces the price store at GP_DATABASEURL. The caller closes it.
	Prices priceStore
	// Metrics takes the node's counters; nil takes none.
	Metrics prometheus.Registerer
	// Version of the program, as heartbeats tell it.
	Version string
	// Observe is called with every step of a price, from several goroutines at once; it must be quick.
	Observe func(Event)
}
