package node_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/multiformats/go-multiaddr"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node"
)

const (
	pair = price.Pair("ETH-USD")
	// patience bounds the wait for what a node must do.
	patience = time.Minute
	// poll is how often it is looked at.
	poll = 5 * time.Millisecond
)

var errNoPrice = errors.New("no price today")

// feed is a source of prices that a test sets.
type feed struct {
	price atomic.Value // a string; empty: no price
	now   func() time.Time
}

func (f *feed) set(p string) { f.price.Store(p) }

func (f *feed) Fetch(context.Context, price.Pair) (price.Quote, error) {
	text, ok := f.price.Load().(string)
	if !ok || text == "" {
		return price.Quote{}, errNoPrice
	}
	p, err := price.Parse(text)
	return price.Quote{Pair: pair, Price: p, At: f.now()}, err
}

// member is one node of a test, with what it tells.
type member struct {
	t    testing.TB
	cfg  config.Config
	feed *feed
	now  func() time.Time

	observe func(node.Event) // set before the start, or nil

	mu     sync.Mutex
	events []node.Event
	log    bytes.Buffer
	node   *node.Node
	stop   context.CancelFunc
	ended  chan error
}

// newMember makes the settings of a node that is alone and is its own quorum, early in a round of an hour.
func newMember(t testing.TB, key signing.Key) *member {
	t.Helper()
	folder := t.TempDir()
	began := time.Now()
	m := &member{t: t, cfg: config.Config{
		ConnectionAddr:     []multiaddr.Multiaddr{multiaddr.StringCast("/ip4/127.0.0.1/tcp/0")},
		Network:            "test",
		Signers:            []signing.Address{key.Address()},
		MinimumSignerCount: 1,
		Proposers:          16,
		PrivateKey:         key,
		DataDir:            folder,
		DatabaseURL:        "sqlite:" + filepath.Join(folder, "prices.db"),
		Pairs:              []price.Pair{pair},
		FetchPriceInterval: time.Hour,
		PriceFreshness:     30 * time.Second,
		MaxDeviation:       10_000,
		SettlePeriod:       time.Second,
		FlushInterval:      time.Second,
		ClockSkew:          5 * time.Second,
		APIAddr:            "127.0.0.1:0",
	}}
	m.now = func() time.Time { return time.Date(2026, 1, 2, 3, 5, 0, 0, time.UTC).Add(time.Since(began)) }
	m.feed = &feed{now: m.now}
	m.feed.set("3000.5")
	return m
}

// standing returns a clock that stands still until it is told to run: however slow the machine, what starts meanwhile starts then.
func standing(at time.Time) (now func() time.Time, run func()) {
	var began atomic.Pointer[time.Time]
	now = func() time.Time {
		if b := began.Load(); b != nil {
			return at.Add(time.Since(*b))
		}
		return at
	}
	return now, func() { began.Store(new(time.Now())) }
}

func newKey(t testing.TB) signing.Key {
	t.Helper()
	key, err := signing.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// parts are those of a node whose source is the test's, unless the settings name another one.
func (m *member) parts() node.Parts {
	parts := node.Parts{
		Log: slog.New(slog.NewTextHandler(m, nil)), Now: m.now, Source: m.feed,
		Observe: func(e node.Event) {
			m.mu.Lock()
			m.events = append(m.events, e)
			m.mu.Unlock()
			if m.observe != nil {
				m.observe(e)
			}
		},
	}
	if m.cfg.PriceURL != "" {
		parts.Source = nil
	}
	return parts
}

// Write takes the log.
func (m *member) Write(b []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.log.Write(b)
}

func (m *member) logged() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.log.String()
}

// start opens and runs the node; it is stopped at the latest when the test is over.
func (m *member) start() {
	m.t.Helper()
	var err error
	if m.node, err = node.New(m.t.Context(), m.cfg, m.parts()); err != nil {
		m.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	m.stop, m.ended = cancel, make(chan error, 1)
	go func() { m.ended <- m.node.Run(ctx) }()
	m.t.Cleanup(func() {
		if m.t.Failed() {
			m.t.Logf("the log of %s:\n%s", m.node.Address().Short(), m.logged())
		}
		m.halt()
	})
}

// halt stops the node and forgets what it told.
func (m *member) halt() {
	if m.stop == nil {
		return
	}
	m.stop()
	m.stop = nil
	if err := <-m.ended; err != nil {
		m.t.Errorf("Run = %v", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.events = nil
	m.log.Reset()
}

// steps returns the events of a step so far.
func (m *member) steps(step node.Step) []node.Event {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(m.events), func(e node.Event) bool { return e.Step != step })
}

// wait waits for the first event of a step.
func (m *member) wait(step node.Step) node.Event {
	m.t.Helper()
	eventually(m.t, string(step), func() bool { return len(m.steps(step)) > 0 })
	return m.steps(step)[0]
}

func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(patience)
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	for !ok() {
		select {
		case <-deadline:
			t.Fatalf("not within %s: %s", patience, what)
		case <-ticker.C:
		}
	}
}
