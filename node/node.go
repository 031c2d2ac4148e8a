package node

import (
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/archive"
	"github.com/gossip-price/gossip-price/consensus/latest"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/consensus/writing"
	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/gossip"
	"github.com/gossip-price/gossip-price/node/api"
	"github.com/gossip-price/gossip-price/node/dashboard"
	"github.com/gossip-price/gossip-price/node/story"
	"github.com/gossip-price/gossip-price/node/vitals"
)

// Node is a gossip node: it fetches, proposes, co-signs and stores prices.
type Node struct {
	cfg     config.Config
	log     *slog.Logger
	now     func() time.Time
	observe func(Event)

	key      signing.Key
	policy   consensus.Policy
	domain   signing.Domain
	engine   *consensus.Engine
	source   source
	journal  *store.Journal
	prices   priceStore
	host     host.Host
	network  *gossip.Network
	topic    *gossip.Topic // of reports
	evidence *gossip.Topic
	tree     *archive.Tree // of what the journal's archive holds
	recent   *latest.Book  // certificates of the latest rounds
	feed     *api.Feed
	notices  *gossip.Topic
	writing  *writing.Machine

	wake   chan struct{}                // of capacity 1: the engine may have something to decide or to save
	demand map[price.Pair]chan struct{} // of capacity 1 each: a proposal waits for the own price
	nudged chan peer.ID                 // peers to compare with soon
	meet   chan struct{}                // of capacity 1: somebody may have come to compare with
	recall *recall
	crowd  crowd // of the decide loop
	health *health
	survey survey
	course *vitals.Course
	board  *vitals.Board
	page   *dashboard.Board
	meters *meters
	counts gossip.Counts // that were told; of the keep loop
	closer closer

	book     *story.Book // what was seen of each price
	pulse    *pulse      // heartbeats, and what they tell of the clock
	around   neighbours
	findings findings        // evidence that waits for the decide loop
	unkept   []store.Refusal // at most maxUnkept; of the decide loop
	flushing flushing        // of the flush loop
	outbox   atomic.Pointer[outbox]

	wrote map[signing.Digest]bool // certificates of the outbox whose rows this node has made; of the flush loop
}

// Host returns the node's libp2p host.
func (n *Node) Host() host.Host { return n.host }

// Address returns the node's signer address.
func (n *Node) Address() signing.Address { return n.key.Address() }

// Peers returns how many peers of the prices topic the node sees.
func (n *Node) Peers() int { return n.topic.Peers() }

// StageDelay returns how long a stage of co-signing lasts at present (docs/protocol.md, section 3.5).
func (n *Node) StageDelay() time.Duration { return n.engine.StageDelay() }
