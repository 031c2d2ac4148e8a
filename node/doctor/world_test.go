package doctor_test

import (
	"context"
	"log/slog"
	"net"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/multiformats/go-multiaddr"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node"
	"github.com/gossip-price/gossip-price/node/api"
	"github.com/gossip-price/gossip-price/node/doctor"
)

const pair = price.Pair("ETH-USD")

func newKey(t *testing.T) signing.Key {
	t.Helper()
	key, err := signing.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// freeAddr returns an address of this machine at which nobody listens.
func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return l.Addr().String()
}

func tcp(addr string) multiaddr.Multiaddr {
	host, port, _ := strings.Cut(addr, ":")
	return multiaddr.StringCast("/ip4/" + host + "/tcp/" + port)
}

// replay serves the prices of a recording, each for a second.
func replay(t *testing.T, csv string) string {
	t.Helper()
	r, err := price.NewReplay(strings.NewReader(csv), pair, time.Second, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	return server.URL
}

// bootstrap runs a bootstrap node of the settings, and returns where it is reached.
func bootstrap(t *testing.T, cfg config.Config) peer.AddrInfo {
	t.Helper()
	cfg.Bootstrap, cfg.PrivateKey, cfg.Signers = true, newKey(t), slices.Clone(cfg.Signers) // a test changes its own
	cfg.ConnectionAddr = []multiaddr.Multiaddr{multiaddr.StringCast("/ip4/127.0.0.1/tcp/0")}
	b, err := node.NewBootstrap(cfg, node.Parts{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run of the bootstrap node = %v", err)
		}
	})
	return peer.AddrInfo{ID: b.Host().ID(), Addrs: b.Host().Addrs()}
}

// settings returns those of the first of four members, all good, with a bootstrap node that runs.
func settings(t *testing.T) config.Config {
	t.Helper()
	cfg := config.Default()
	cfg.PrivateKey, cfg.DataDir, cfg.Network = newKey(t), t.TempDir(), "test"
	cfg.Signers = []signing.Address{
		cfg.PrivateKey.Address(), newKey(t).Address(), newKey(t).Address(), newKey(t).Address(),
	}
	cfg.ConnectionAddr, cfg.APIAddr = []multiaddr.Multiaddr{tcp(freeAddr(t))}, freeAddr(t)
	cfg.PriceURL = replay(t, recording("3000", "3003", "3006", "3009"))
	cfg.BootstrapAddr = []peer.AddrInfo{bootstrap(t, cfg)}
	return cfg
}

// recording returns the CSV file of a replay that has these prices, over and over.
func recording(prices ...string) string {
	var b strings.Builder
	b.WriteString("time,close\n")
	for i := range 60 {
		at := time.Date(2026, 1, 2, 3, 0, i, 0, time.UTC)
		b.WriteString(at.Format(time.RFC3339) + "," + prices[i%len(prices)] + "\n")
	}
	return b.String()
}

// examine returns the checks by name, and fails where a name comes twice or a text is missing.
func examine(t *testing.T, cfg config.Config) map[string]api.Check {
	t.Helper()
	checks := make(map[string]api.Check)
	for _, c := range doctor.Examine(t.Context(), cfg, time.Now) {
		_, twice := checks[c.Name]
		if bad := c.State != api.CheckOK; twice || c.Detail == "" || bad != (c.Meaning != "") || bad != (c.Remedy != "") {
			t.Errorf("%+v", c)
		}
		checks[c.Name] = c
	}
	return checks
}
