package node

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/prometheus/client_golang/prometheus"

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

// source is where the node's own prices come from.
type source interface {
	Fetch(ctx context.Context, pair price.Pair) (price.Quote, error)
}

// priceStore is where verified prices go.
type priceStore interface {
	CheckWrite(ctx context.Context) error
	ID(ctx context.Context) (string, error)
	Insert(ctx context.Context, rows []consensus.Row) (stored []signing.Digest, err error)
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

// New opens the stores and the host of a gossip node. The node does nothing before Run. Errors wrap global.ErrInUse,
// global.ErrSchema, or what the key file, the stores or libp2p return.
func New(ctx context.Context, cfg config.Config, parts Parts) (_ *Node, err error) {
	n := &Node{
		cfg: cfg, log: parts.Log, now: parts.Now, observe: parts.Observe, source: parts.Source, host: parts.Host,
		prices: parts.Prices,
		wake:   make(chan struct{}, 1),
		nudged: make(chan peer.ID, maxNudges),
		demand: make(map[price.Pair]chan struct{}, len(cfg.Pairs)),
		health: newHealth(), wrote: make(map[signing.Digest]bool),
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, n.closer.close())
		}
	}()
	if n.host != nil {
		n.closer.add(n.host.Close)
	}
	for _, pair := range cfg.Pairs {
		n.demand[pair] = make(chan struct{}, 1)
	}
	if n.key, err = loadKey(cfg, n.log); err != nil {
		return nil, err
	}
	n.log = n.log.With("node", n.key.Address().Short())
	n.policy = policyOf(cfg, n.key.Address())
	n.meters = newMeters(parts.Metrics, &n.policy, cfg.FlushInterval, n.now())
	n.domain = signing.NewDomain(cfg.Network)
	n.engine = consensus.NewEngine(n.policy)
	n.feed = api.NewFeed(n.now())
	n.pulse = newPulse(cfg, n.policy, parts.Version, n.now())
	n.book = story.New(story.Config{
		Self: n.key.Address(), Quorum: n.policy.Quorum, Members: n.policy.Roster.Size(), Settle: n.policy.Settle,
	})
	n.pulse.mute = parts.Mute
	n.course = vitals.NewCourse(&n.policy)
	n.board = vitals.NewBoard(vitals.NodeRules(), n.glance, n.now)
	n.page = dashboard.New(n)
	if err := n.openStores(ctx); err != nil {
		return nil, err
	}
	if n.source == nil {
		coinbase := price.NewCoinbase(cfg.PriceURL, n.now)
		coinbase.Failed = n.noPrice
		n.closer.add(func() error { coinbase.Close(); return nil })
		n.source = coinbase
	}
	if err := n.join(ctx, parts.Peers, parts.Metrics); err != nil {
		return nil, err
	}
	n.warn(ctx)
	n.survey.look(ctx, n)
	n.board.Look()
	return n, nil
}

func policyOf(cfg config.Config, self signing.Address) consensus.Policy {
	return consensus.Policy{
		Network:      cfg.Network,
		Self:         self,
		Pairs:        cfg.Pairs,
		Interval:     cfg.FetchPriceInterval,
		Quorum:       cfg.MinimumSignerCount,
		Roster:       consensus.NewRoster(cfg.Signers...),
		Proposers:    cfg.Proposers,
		MaxDeviation: cfg.MaxDeviation,
		Freshness:    cfg.PriceFreshness,
		Settle:       cfg.SettlePeriod,
		Skew:         cfg.ClockSkew,
		StageDelay:   cfg.StageDelay,
	}
}

// openStores opens the journal and the price store, and gives the engine back what the journal kept.
func (n *Node) openStores(ctx context.Context) error {
	journal, err := store.OpenJournal(ctx, n.cfg.JournalPath())
	if err != nil {
		return err
	}
	n.closer.add(journal.Close)
	n.journal = journal
	former, err := journal.Begin(ctx, n.policy.Roster, n.policy.Quorum, n.now())
	if err != nil {
		return err
	}
	n.writing = newWriting(n.cfg, &n.policy, former)
	if n.prices == nil {
		prices, err := store.Open(ctx, n.cfg.StoreURL())
		if err != nil {
			return err
		}
		n.closer.add(func() error {
			if err := prices.Close(); err != nil { // no fault of the node's: what the store has not got is in the outbox
				n.log.Warn("the price store was left as it is", "err", err)
			}
			return nil
		})
		n.prices = prices
	}
	waiting, err := journal.Waiting(ctx)
	if err != nil {
		return err
	}
	evidence, err := n.Evidence(ctx, store.MaxEvidence)
	if err != nil {
		return err
	}
	n.engine.Restore(waiting, n.now())
	n.engine.RestoreEvidence(evidence, n.now())
	if err := n.restoreBook(ctx, evidence); err != nil {
		return err
	}
	fresh, err := journal.Fresh(ctx)
	if err != nil {
		return err
	}
	n.recall = newRecall(n.now(), fresh && n.witnesses() > 0 && n.policy.Roster.Contains(n.key.Address()))
	if err := n.loadArchive(ctx); err != nil {
		return err
	}
	return n.loadLatest(ctx, evidence)
}

// join starts the host, unless it was given, and joins the network's topics and, unless all peers were given, its DHT.
func (n *Node) join(ctx context.Context, peers []peer.AddrInfo, metrics prometheus.Registerer) error {
	known, err := n.knownPeers(ctx)
	if err != nil {
		return err
	}
	if n.host == nil {
		if n.host, err = newHost(n.cfg, n.key, metrics, n.log); err != nil {
			return err
		}
		n.closer.add(n.host.Close)
	}
	reports, evidence, heartbeats := n.topics()
	notices := n.noticesTopic()
	n.network, err = gossip.New(n.host, gossip.Config{
		Network:   n.cfg.Network,
		Bootstrap: n.cfg.BootstrapAddr,
		Known:     append(known, peers...),
		Static:    peers != nil,
		Topics:    []gossip.TopicConfig{reports, evidence, heartbeats, notices},
		Serve:     []gossip.ServeConfig{n.desk()},
		Log:       n.log,
	})
	if err != nil {
		return err
	}
	n.closer.add(n.network.Close)
	n.topic, n.evidence = n.network.Topic(reports.Name), n.network.Topic(evidence.Name)
	n.pulse.topic = n.network.Topic(heartbeats.Name)
	n.notices = n.network.Topic(notices.Name)
	n.meters.watch(n)
	n.meters.registerer.MustRegister(newCheckMeter(n.Checks))
	return nil
}

// Host returns the node's libp2p host.
func (n *Node) Host() host.Host { return n.host }

// Address returns the node's signer address.
func (n *Node) Address() signing.Address { return n.key.Address() }

// Peers returns how many peers of the prices topic the node sees.
func (n *Node) Peers() int { return n.topic.Peers() }

// StageDelay returns how long a stage of co-signing lasts at present (docs/protocol.md, section 3.5).
func (n *Node) StageDelay() time.Duration { return n.engine.StageDelay() }
