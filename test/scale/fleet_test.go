package scale_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/metrics"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	"github.com/libp2p/go-libp2p/x/simlibp2p"
	"github.com/marcopolo/simnet"
	"github.com/multiformats/go-multiaddr"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/gossip"
	"github.com/gossip-price/gossip-price/node"
)

const (
	// fullMesh is up to how many nodes everybody is connected with everybody, as real nodes are. In larger networks each node
	// dials as many as dials says, at random, so that it has about twice as many peers.
	fullMesh = 16
	dials    = 8
	// spoken is up to how many nodes heartbeats are sent.
	spoken = 64
)

// fleet is a network of whole nodes.
type fleet struct {
	t        *testing.T // the bubble's own
	trial    trial
	earth    *earth
	net      *simnet.Simnet
	ear      *ear
	prices   *counted
	settings config.Config
	seats    []*seat // the living
	traffic  traffic
	market   atomic.Bool // open: in the rounds that are simulated, no price comes before or after
}

// seat is a node in the fleet.
type seat struct {
	number int
	key    signing.Key
	host   host.Host
	peers  []peer.AddrInfo // that it dials
	degree int             // peers that it has, dialled or not
	node   *node.Node
	cancel context.CancelFunc
	ended  chan error
}

// traffic counts the bytes that are sent on streams, of all hosts.
type traffic struct {
	metrics.Reporter
	sent atomic.Int64
}

// LogSentMessageStream is called by every host.
func (r *traffic) LogSentMessageStream(size int64, _ protocol.ID, _ peer.ID) { r.sent.Add(size) }

// LogSentMessage and the others have no use here.
func (*traffic) LogSentMessage(int64) {}

// LogRecvMessage does nothing.
func (*traffic) LogRecvMessage(int64) {}

// LogRecvMessageStream does nothing.
func (*traffic) LogRecvMessageStream(int64, protocol.ID, peer.ID) {}

// settings are the defaults of a real network, but for rounds of 30 s.
func settings() config.Config {
	return config.Config{
		Network:            "simulated",
		MinimumSignerCount: 3,
		Proposers:          16,
		Pairs:              []price.Pair{"ETH-USD"},
		FetchPriceInterval: 30 * time.Second,
		PriceFreshness:     30 * time.Second,
		MaxDeviation:       10_000, // 1 %
		SettlePeriod:       30 * time.Second,
		FlushInterval:      30 * time.Second,
		ClockSkew:          5 * time.Second,
	}
}

// launch starts a fleet and waits until it is connected.
func launch(t *testing.T, trial trial, folder string) *fleet {
	t.Helper()
	f := &fleet{t: t, trial: trial, earth: newEarth(uint64(trial.nodes)), ear: newEar(), settings: settings()}
	f.settings.Proposers = trial.proposers
	if trial.name == naive {
		f.settings.StageDelay = time.Nanosecond
	}
	f.net = &simnet.Simnet{LatencyFunc: f.earth.carry, Logger: slog.New(slog.DiscardHandler)}
	f.net.Start()
	f.settings.DatabaseURL = "sqlite:" + filepath.Join(folder, "prices.db")
	prices, err := store.Open(t.Context(), f.settings.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	f.prices = &counted{Prices: prices, window: f.settings.FlushInterval, statements: make(map[time.Time]int)}
	for i := range trial.nodes {
		s := &seat{number: i, key: makeKey(t, i)}
		f.settings.Signers = append(f.settings.Signers, s.key.Address())
		if !trial.dead(i) {
			f.plug(s)
			f.seats = append(f.seats, s)
		}
	}
	f.introduce()
	synctest.Wait() // hosts subscribe to their own events in goroutines; gossipsub must not come before
	for _, s := range f.seats {
		f.start(s, filepath.Join(folder, fmt.Sprint(s.number)))
	}
	f.await("everybody has its peers", func() bool {
		return !slices.ContainsFunc(f.seats, func(s *seat) bool { return s.node.Peers() < s.degree })
	})
	return f
}

func makeKey(t *testing.T, number int) signing.Key {
	t.Helper()
	key, err := signing.ParseKey(fmt.Sprintf("%064x", 0x1000+number))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// plug makes a seat's host.
func (f *fleet) plug(s *seat) {
	f.t.Helper()
	identity, err := gossip.IdentityKey(s.key.Secret())
	if err != nil {
		f.t.Fatal(err)
	}
	link := simnet.LinkSettings{BitsPerSecond: bandwidth}
	listen := multiaddr.StringCast(fmt.Sprintf("/ip4/%s/udp/8000/quic-v1", address(s.number)))
	s.host, err = gossip.NewHost(gossip.HostConfig{
		Key:    identity,
		Listen: []multiaddr.Multiaddr{listen},
		Options: []libp2p.Option{
			simlibp2p.QUICSimnet(f.net, simnet.NodeBiDiLinkSettings{Downlink: link, Uplink: link}),
			libp2p.BandwidthReporter(&f.traffic),
		},
	})
	if err != nil {
		f.t.Fatal(err)
	}
}

// introduce tells every seat whom it dials: all those after it, or some at random.
func (f *fleet) introduce() {
	random := rand.New(rand.NewPCG(uint64(f.trial.nodes), 2))
	edges := make(map[[2]int]bool)
	for i := range f.seats {
		for _, j := range random.Perm(len(f.seats)) {
			if len(f.seats) > fullMesh && len(f.seats[i].peers) == dials {
				break
			}
			edge := [2]int{min(i, j), max(i, j)}
			if i == j || edges[edge] {
				continue
			}
			edges[edge] = true
			a, b := f.seats[i], f.seats[j]
			a.peers = append(a.peers, peer.AddrInfo{ID: b.host.ID(), Addrs: b.host.Addrs()})
			a.degree++
			b.degree++
		}
	}
}

// start makes a seat's node, and runs it.
func (f *fleet) start(s *seat, folder string) {
	f.t.Helper()
	cfg := f.settings
	cfg.PrivateKey, cfg.DataDir = s.key, folder
	peers := s.peers
	if peers == nil {
		peers = []peer.AddrInfo{} // it is dialled by all others
	}
	parts := node.Parts{
		Log: slog.New(log{f.ear, s.number}), Now: time.Now, Source: feed{f.trial.price(s.number), &f.market},
		Host: s.host, Peers: peers, Mute: f.trial.nodes > spoken, Prices: f.prices, Observe: f.ear.observer(s.number),
	}
	if f.trial.name == naive {
		cfg.DatabaseURL, parts.Prices = "", apart{f.prices, make(map[time.Time]bool)}
	}
	n, err := node.New(f.t.Context(), cfg, parts)
	if err != nil {
		f.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.node, s.cancel, s.ended = n, cancel, make(chan error, 1)
	go func() { s.ended <- n.Run(ctx) }()
}

// stop stops all nodes at once.
func (f *fleet) stop() {
	for _, s := range f.seats {
		if s.cancel != nil {
			s.cancel()
		}
	}
	for _, s := range f.seats {
		if s.cancel == nil {
			continue
		}
		if err := <-s.ended; err != nil {
			f.t.Errorf("node %d: %v", s.number, err)
		}
	}
	if err := f.prices.Close(); err != nil && !errors.Is(err, context.Canceled) {
		f.t.Errorf("close the price store: %v", err)
	}
	f.net.Close()
}

// await waits, in virtual time, for a condition.
func (f *fleet) await(what string, ok func() bool) {
	f.t.Helper()
	for range 120 {
		if ok() {
			return
		}
		<-time.After(time.Second)
	}
	f.t.Fatalf("not in two minutes: %s", what)
}

// feed is a price source that answers after a tenth of a second, as a near server does, while the market is open.
type feed struct {
	dollars int
	open    *atomic.Bool
}

var errClosed = errors.New("the market is closed")

// Fetch implements the node's price source.
func (f feed) Fetch(ctx context.Context, pair price.Pair) (price.Quote, error) {
	select {
	case <-ctx.Done():
		return price.Quote{}, ctx.Err()
	case <-time.After(100 * time.Millisecond):
	}
	if !f.open.Load() {
		return price.Quote{}, errClosed
	}
	p, err := price.Parse(fmt.Sprint(f.dollars))
	return price.Quote{Pair: pair, Price: p, At: time.Now().UTC()}, err
}
