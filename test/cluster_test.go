package test_test

import (
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/x/simlibp2p"
	"github.com/marcopolo/simnet"
	"github.com/multiformats/go-multiaddr"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/gossip"
	"github.com/gossip-price/gossip-price/node"
)

const (
	ethUSD price.Pair = "ETH-USD"
	// bootstrapHost is the number of the bootstrap node's host; gossip nodes count from 1.
	bootstrapHost byte = 100
)

// cluster is a network of whole nodes on a simulated network: real gossipsub, DHT, journals and price store. Only the
// network, the price sources and the clock are not real.
type cluster struct {
	t        *testing.T // the bubble's own
	net      *simnet.Simnet
	weather  *weather
	folder   string
	settings config.Config // of every node, but for what makes it one of its own
	seats    []*seat       // in the order of their numbers
	taps     []*tap
	ledger   ledger

	bootstrap *running
	bootKey   signing.Key
}

// seat is a place in the roster, with the key, the data folder and the price source that stay over restarts.
type seat struct {
	number byte
	key    signing.Key
	folder string
	feed   *feed
	clock  clock
	told   lines // its log
	meets  *seat // through which it joins, beside the bootstrap node
	*running
	node    *node.Node
	metrics *prometheus.Registry      // of the node that was started last
	stopAt  atomic.Pointer[node.Step] // at which the node is told to stop, in the very moment; nil for none
}

// defaults returns settings with short rounds and all proportions of the mission's.
func defaults() config.Config {
	return config.Config{
		Network:            "simulated",
		MinimumSignerCount: 3,
		Proposers:          16,
		Pairs:              []price.Pair{ethUSD},
		FetchPriceInterval: 20 * time.Second,
		PriceFreshness:     20 * time.Second,
		MaxDeviation:       10_000, // 1 %
		SettlePeriod:       4 * time.Second,
		FlushInterval:      5 * time.Second,
		ClockSkew:          5 * time.Second,
	}
}

// form makes a bootstrap node and n seats, all in the roster, and starts the first so many of them.
func (c *cluster) form(n, start int) []*seat {
	c.bootKey = makeKey(c.t, bootstrapHost)
	c.settings.DatabaseURL = "sqlite:" + filepath.Join(c.folder, "prices.db")
	for i := range n {
		c.enroll(byte(i + 1))
	}
	c.startBootstrap()
	for _, s := range c.seats[:start] {
		c.start(s)
	}
	return c.seats
}

// enroll gives a key a seat in the roster.
func (c *cluster) enroll(number byte) *seat {
	s := &seat{number: number, key: makeKey(c.t, number), folder: filepath.Join(c.folder, fmt.Sprint("node", number))}
	s.feed = &feed{now: s.now}
	c.seats = append(c.seats, s)
	c.settings.Signers = append(c.settings.Signers, s.key.Address())
	return s
}

// makeKey returns the key of a number, the same in every run.
func makeKey(t *testing.T, number byte) signing.Key {
	t.Helper()
	key, err := signing.ParseKey(fmt.Sprintf("%064x", 0x1000+int(number)))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (s *seat) now() time.Time { return s.clock.now() }

func listen(number byte) multiaddr.Multiaddr {
	return multiaddr.StringCast(fmt.Sprintf("/ip4/1.0.0.%d/udp/8000/quic-v1", number))
}

// plug makes a host of the number's address on the simulated network.
func (c *cluster) plug(number byte, key signing.Key) host.Host {
	h := c.attach(number, key, bandwidth)
	synctest.Wait() // the host subscribes to its own events in a goroutine; gossipsub must not come before
	return h
}

// attach is plug with a speed of its own, in bits a second, for a host that needs no gossipsub.
func (c *cluster) attach(number byte, key signing.Key, speed int) host.Host {
	c.t.Helper()
	identity, err := gossip.IdentityKey(key.Secret())
	if err != nil {
		c.t.Fatal(err)
	}
	link := simnet.LinkSettings{BitsPerSecond: speed}
	h, err := gossip.NewHost(gossip.HostConfig{
		Key:     identity,
		Listen:  []multiaddr.Multiaddr{listen(number)},
		Options: []libp2p.Option{simlibp2p.QUICSimnet(c.net, simnet.NodeBiDiLinkSettings{Downlink: link, Uplink: link})},
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return h
}

func (c *cluster) log(name string) *slog.Logger { return c.logTo(name, io.Discard) }

// logTo is log, with a copy for the test.
func (c *cluster) logTo(name string, copied io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(io.MultiWriter(c.t.Output(), copied), nil)).With("name", name)
}

func (c *cluster) bootstrapInfo() []peer.AddrInfo {
	id, err := node.PeerID(c.bootKey)
	if err != nil {
		c.t.Fatal(err)
	}
	return []peer.AddrInfo{{ID: id, Addrs: []multiaddr.Multiaddr{listen(bootstrapHost)}}}
}

func (c *cluster) startBootstrap() {
	cfg := c.settings
	cfg.Bootstrap, cfg.PrivateKey = true, c.bootKey
	h := c.plug(bootstrapHost, c.bootKey)
	b, err := node.NewBootstrap(cfg, node.Parts{Log: c.log("bootstrap"), Host: h})
	if err != nil {
		c.t.Fatal(err)
	}
	c.bootstrap = run(b.Run)
}

// config returns the settings of a seat's node.
func (c *cluster) config(s *seat) config.Config {
	cfg := c.settings
	cfg.BootstrapAddr, cfg.PrivateKey, cfg.DataDir = c.bootstrapInfo(), s.key, s.folder
	if s.meets != nil {
		cfg.BootstrapAddr = append(cfg.BootstrapAddr, c.contact(s.meets))
	}
	return cfg
}

// observe writes down what a seat's node tells, and stops it when it tells of the step at which it is to stop.
func (c *cluster) observe(s *seat) func(node.Event) {
	write := c.ledger.observe(s.key.Address())
	return func(e node.Event) {
		write(e)
		if step := s.stopAt.Load(); step != nil && *step == e.Step && s.stopAt.CompareAndSwap(step, nil) {
			s.cancel()
		}
	}
}

// start starts a seat's node, which knows only the bootstrap node and what its folder holds.
func (c *cluster) start(s *seat) {
	h := c.plug(s.number, s.key)
	s.metrics = prometheus.NewRegistry()
	n, err := node.New(c.t.Context(), c.config(s), node.Parts{
		Log: c.logTo(fmt.Sprint("node", s.number), &s.told), Now: s.now, Source: s.feed, Host: h,
		Metrics: s.metrics, Observe: c.observe(s),
	})
	if err != nil {
		c.t.Fatal(err)
	}
	s.node, s.running = n, run(n.Run)
}
