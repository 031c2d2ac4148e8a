package test_test

import (
	"fmt"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/multiformats/go-multiaddr"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/store/postgrestest"
	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/migrations"
	"github.com/gossip-price/gossip-price/node"
)

// socketPatience ends the wait for rows on real sockets; a good run needs a fifth of it.
const socketPatience = 60 * time.Second

// TestSockets runs four nodes and a bootstrap node as they are outside of tests: TCP on loopback, admission by roster, a
// server that answers as Coinbase does, and a Postgres into which all four write.
func TestSockets(t *testing.T) {
	t.Parallel()
	databaseURL := postgrestest.Start(t).Database(t)
	if _, err := migrations.Apply(t.Context(), databaseURL, ""); err != nil {
		t.Fatal(err)
	}
	cfg := defaults()
	cfg.Network, cfg.DatabaseURL, cfg.PriceURL = "sockets", databaseURL, replay(t)
	cfg.ConnectionAddr = []multiaddr.Multiaddr{multiaddr.StringCast("/ip4/127.0.0.1/tcp/0")}
	cfg.FetchPriceInterval, cfg.PriceFreshness = 2*time.Second, 2*time.Second
	cfg.SettlePeriod, cfg.FlushInterval = time.Second, time.Second
	for i := range byte(4) {
		cfg.Signers = append(cfg.Signers, makeKey(t, i+1).Address())
	}

	var told ledger
	stop := startOnSockets(t, cfg, &told)
	eventually(t, socketPatience, "two rounds in which all four prices are stored", func() bool {
		whole := 0
		rows := readRows(t, databaseURL)
		for _, row := range rows {
			if len(stored(rows, consensus.Round(row.RoundTime.Unix()))) == 4 {
				whole++
			}
		}
		return whole >= 2*4
	})
	stop()

	rows := readRows(t, databaseURL)
	checkRows(t, rows, consensus.NewRoster(cfg.Signers...), cfg.MinimumSignerCount)
	others := 0
	for _, row := range rows {
		writers := 0
		for _, n := range told.find(node.Stored, func(n note) bool { return n.ID == row.ID }) {
			if n.ByOther {
				others++
			} else {
				writers++
			}
		}
		if writers != 1 {
			t.Errorf("row %s was written by %d nodes", row.ID.Short(), writers)
		}
	}
	if others == 0 {
		t.Error("no two nodes wrote the same row, so nothing was tested")
	}
	t.Logf("%d rows, %d attempts to write one that was there; %s", len(rows), others, told.latency())
}

// replay serves recorded prices as Coinbase would, and returns where.
func replay(t *testing.T) string {
	t.Helper()
	handler, err := price.NewReplay(price.Recorded(), ethUSD, time.Minute, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// startOnSockets starts a bootstrap node and a node for each signer, and returns what stops them all.
func startOnSockets(t *testing.T, cfg config.Config, told *ledger) (stop func()) {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	boot := cfg
	boot.Bootstrap, boot.PrivateKey = true, makeKey(t, bootstrapHost)
	b, err := node.NewBootstrap(boot, node.Parts{Log: log.With("name", "bootstrap")})
	if err != nil {
		t.Fatal(err)
	}
	all := []*running{run(b.Run)}
	cfg.BootstrapAddr = []peer.AddrInfo{{ID: b.Host().ID(), Addrs: b.Host().Addrs()}}
	folder := t.TempDir()
	for i := range len(cfg.Signers) {
		name := fmt.Sprint("node", i+1)
		own := cfg
		own.PrivateKey, own.DataDir = makeKey(t, byte(i+1)), filepath.Join(folder, name)
		n, err := node.New(t.Context(), own, node.Parts{
			Log: log.With("name", name), Now: time.Now, Observe: told.observe(own.PrivateKey.Address()),
		})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, run(n.Run))
	}
	return func() {
		for _, r := range all {
			r.stop(t)
		}
	}
}
