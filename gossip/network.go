package gossip

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	dht "github.com/libp2p/go-libp2p-kad-dht"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	"golang.org/x/sync/errgroup"

	"github.com/gossip-price/gossip-price/global"
)

// Config is what New needs to join a network.
type Config struct {
	// Network is the network's name; it separates the protocols of one network from those of another (docs/protocol.md,
	// section 4).
	Network string
	// Bootstrap are the nodes to join through, dialled for ever. The host itself may be among them.
	Bootstrap []peer.AddrInfo
	// Known are peers of earlier runs, dialled at the start and for ever.
	Known []peer.AddrInfo
	// Static leaves out discovery: Known are all peers that are dialled, and no DHT is served or searched. Members are then
	// those who speak this network's gossip. It is for simulations of networks so large that a DHT each would cost too much.
	Static bool
	// Topics are the gossip topics; a node without any runs no gossipsub and only helps others find each other: a
	// bootstrap node.
	Topics []TopicConfig
	// Serve are the protocols by which members ask each other.
	Serve []ServeConfig
	// Log gets "bootstrap reached", "bootstrap unreachable" and the like; nil discards it.
	Log *slog.Logger
}

// Network is a host's membership in one network: discovery and topics.
type Network struct {
	name   string
	host   host.Host
	log    *slog.Logger
	book   *book
	table  *dht.IpfsDHT // nil without discovery
	mark   protocol.ID  // who speaks it is a member
	mesh   protocol.ID
	bans   *bans
	ledger *ledger
	counts *counter
	meshes *meshes
	topics map[string]*Topic
	desks  map[string]*desk // by protocol

	redial chan struct{} // wakes the dialling; capacity 1: one wake is as good as many
	walks  chan struct{} // wakes the walking; capacity 1 too
	cuts   chan struct{} // wakes the cutting; capacity 1 too

	began      time.Time // when gossipsub was started
	validators inFlight
	spoke      atomic.Int64 // when anything was last published, in unix nanoseconds
	close      func() error
}

// New makes the host part of a network: it serves the network's DHT and joins the topics. Nothing is dialled before
// Network.Run. In a synctest bubble call synctest.Wait between NewHost and New: a host subscribes to its own events in
// a goroutine, and gossipsub must not come before it. The caller calls Network.Close and then closes the host.
func New(h host.Host, cfg Config) (*Network, error) {
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("join network: %w", err)
	}
	prefix := protocol.ID(global.DHTPrefix(cfg.Network))
	n := &Network{
		name: cfg.Network, host: h, log: orDiscard(cfg.Log), book: newBook(),
		mark: prefix + meshSuffix, mesh: prefix + meshSuffix, bans: bansOf(h), counts: newCounter(), meshes: newMeshes(),
		topics: make(map[string]*Topic), desks: make(map[string]*desk),
		redial: make(chan struct{}, 1), walks: make(chan struct{}, 1), cuts: make(chan struct{}, 1),
	}
	n.ledger = newLedger(newBudget(cfg.Topics), n.bans, func() { wake(n.cuts) })
	ctx, cancel := context.WithCancel(context.Background())
	n.close = sync.OnceValue(func() error {
		n.finishSpeaking()
		for _, d := range n.desks {
			d.shut()
		}
		n.validators.finish()
		n.counts.close()
		cancel()
		if n.table == nil {
			return nil
		}
		return n.table.Close()
	})
	if err := n.serveTable(prefix, cfg.Static); err != nil {
		return nil, errors.Join(fmt.Errorf("join network %s: %w", cfg.Network, err), n.close())
	}
	if err := n.joinTopics(ctx, cfg.Topics); err != nil {
		return nil, errors.Join(fmt.Errorf("join network %s: %w", cfg.Network, err), n.close())
	}
	for _, s := range cfg.Serve {
		n.open(ctx, s)
	}
	n.remember(cfg)
	return n, nil
}

func (cfg Config) check() error {
	if cfg.Network == "" {
		return errors.New("network has no name")
	}
	seen := make(map[string]bool)
	for _, t := range cfg.Topics {
		switch {
		case t.Name == "" || seen[t.Name]:
			return fmt.Errorf("topic name %q is empty or used twice", t.Name)
		case t.MaxBytes <= 0:
			return fmt.Errorf("topic %s has no size limit", t.Name)
		case t.Validate == nil:
			return fmt.Errorf("topic %s has no validator", t.Name)
		case !t.Cadence.sound():
			return fmt.Errorf("topic %s has a cadence of %+v", t.Name, t.Cadence)
		}
		seen[t.Name] = true
	}
	for _, s := range cfg.Serve {
		if s.Protocol == "" || seen[s.Protocol] || s.MaxRequest <= 0 || s.MaxResponse <= 0 || s.Handler == nil {
			return fmt.Errorf("protocol %q is not whole or used twice", s.Protocol)
		}
		seen[s.Protocol] = true
	}
	return nil
}

// remember fills the book; bootstrap nodes come first, so that a long list of known peers can't crowd them out.
func (n *Network) remember(cfg Config) {
	for _, info := range cfg.Bootstrap {
		if info.ID != n.host.ID() {
			n.book.add(info, anchor)
		}
	}
	for _, info := range cfg.Known {
		if info.ID != n.host.ID() {
			n.book.add(info, kept)
		}
	}
}

// Run finds members, keeps them connected and cuts off those that misbehave, until ctx ends, and then returns nil. It is
// called once. An error means that the host is closed or broken.
func (n *Network) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return n.watch(ctx) })
	g.Go(func() error { return n.dialAbsent(ctx) })
	if n.table != nil {
		g.Go(func() error { return n.walk(ctx) })
	}
	g.Go(func() error { return n.cutCondemned(ctx) })
	g.Go(func() error { return n.mend(ctx) })
	return g.Wait()
}

// Topic returns a topic of the configuration, or nil.
func (n *Network) Topic(name string) *Topic { return n.topics[name] }

// Peers returns the members that are connected, bootstrap nodes among them, in no order, with the addresses at which
// they can be dialled. There are at most 1024, with 8 addresses each.
func (n *Network) Peers() []peer.AddrInfo { return reachable(n.book.members()) }

// Known returns the peers that the next run has to know: the connected ones, and after them those that this run dials
// again and has missed for less than a week. So a node that stops while it is cut off forgets nobody. There are at most
// 1024, with 8 addresses each.
func (n *Network) Known() []peer.AddrInfo { return reachable(n.book.known(time.Now())) }

func reachable(infos []peer.AddrInfo) []peer.AddrInfo {
	return slices.DeleteFunc(infos, func(info peer.AddrInfo) bool { return len(info.Addrs) == 0 })
}

// Counts returns what became of the messages of peers since the start.
func (n *Network) Counts() Counts { return n.counts.read() }

// Meshes returns by the topic's name how many peers are in its mesh at present.
func (n *Network) Meshes() map[string]int { return n.meshes.sizes() }

// Scores returns what the peers' scores add up to; all is zero on a node without topics.
func (n *Network) Scores() Scores { return n.ledger.summary() }

// Second returns how long it is until gossipsub wakes this process next, which it does once a second since it was started, if there are
// topics. Whoever looks at something as often does it best at the same instant: an idle process pays for being woken, not for what it
// does then.
func (n *Network) Second() time.Duration { return time.Second - time.Since(n.began)%time.Second }

// Close leaves the topics and the DHT; end Network.Run before. When it returns no Validator or Handler is running and
// none will be called again. Messages of the last moment get half a second to leave: gossipsub sends them in its own time. The host
// stays open: the caller closes it next. Further calls return what the first returned.
func (n *Network) Close() error { return n.close() }

// lastWords is how long after the last message the network is closed at the earliest: closing discards what waits to be
// sent, and a message needs a moment to get through the queues into the connections.
const lastWords = 500 * time.Millisecond

func (n *Network) finishSpeaking() {
	left := time.Until(time.Unix(0, n.spoke.Load()).Add(lastWords))
	<-time.After(min(left, lastWords)) // the clock may have been set back
}

// wake leaves a signal unless one is waiting already.
func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
