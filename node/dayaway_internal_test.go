package node

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/multiformats/go-multiaddr"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/consensus/store/storetest"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/global/price"
)

// dayNow is the time in the tests of this file, early in a round of ten seconds. It stands still, which to a node looks like a clock that
// is set back once a second.
func dayNow() time.Time { return time.Date(2026, 1, 2, 3, 5, 1, 0, time.UTC) }

// noPrices is a source without a price.
type noPrices struct{}

func (noPrices) Fetch(context.Context, price.Pair) (price.Quote, error) {
	return price.Quote{}, errors.New("no price today")
}

// dayConfig returns the settings of a node whose archive takes 65,529 certificates: of three proposers and three pairs.
func dayConfig(t *testing.T, key signing.Key, roster []signing.Address) config.Config {
	t.Helper()
	folder := t.TempDir()
	return config.Config{
		ConnectionAddr: []multiaddr.Multiaddr{multiaddr.StringCast("/ip4/127.0.0.1/tcp/0")},
		Network:        "test", Signers: roster, MinimumSignerCount: 2, Proposers: 16, PrivateKey: key, DataDir: folder,
		DatabaseURL: "sqlite:" + filepath.Join(folder, "prices.db"), Pairs: []price.Pair{"A-USD", "B-USD", "C-USD"},
		FetchPriceInterval: 10 * time.Second, PriceFreshness: 10 * time.Second, MaxDeviation: 10_000,
		SettlePeriod: time.Hour, FlushInterval: time.Hour, ClockSkew: 5 * time.Second,
	}
}

// dayOf makes n certificates, nine a round, the newest of the last round that is closed.
func dayOf(t *testing.T, cfg config.Config, signers storetest.Signers, n int) []consensus.Certificate {
	t.Helper()
	policy := policyOf(cfg, signing.Address{})
	round := policy.Closed(dayNow())
	certificates := make([]consensus.Certificate, n)
	for i := range certificates {
		p, err := price.Parse("3000." + strconv.Itoa(i+1))
		if err != nil {
			t.Fatal(err)
		}
		r := round - consensus.Round(i/9*10)
		certificates[i] = signers.Sign(t, consensus.Observation{
			Pair: cfg.Pairs[i%3], Price: p, Round: r, ObservedAt: consensus.MillisOf(r.Start().Add(time.Second)),
			Proposer: cfg.Signers[i/3%3],
		})
	}
	return certificates
}

// archiveInto puts certificates into the archive of a node that does not run, and nothing into its outbox.
func archiveInto(t *testing.T, cfg config.Config, certificates []consensus.Certificate) {
	t.Helper()
	j, err := store.OpenJournal(t.Context(), cfg.JournalPath())
	if err != nil {
		t.Fatal(err)
	}
	for some := range slices.Chunk(certificates, 1000) {
		ids, _, err := j.Adopt(t.Context(), some)
		if err := errors.Join(err, j.Drop(t.Context(), ids)); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

// launch runs a node until the test is over.
func launch(t *testing.T, cfg config.Config) *Node {
	t.Helper()
	n, err := New(t.Context(), cfg, Parts{
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Now: dayNow, Source: noPrices{},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- n.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run = %v", err)
		}
	})
	return n
}

// TestDayAway has a node that holds nothing catch up with one that holds the certificates of a day, over real sockets and
// with real signatures and journals: 900 of them, or SYNC_CERTIFICATES, at most 65529. Meanwhile its journal is used as for
// signing.
func TestDayAway(t *testing.T) {
	t.Parallel()
	count, err := strconv.Atoi(cmp.Or(os.Getenv("SYNC_CERTIFICATES"), "900"))
	if err != nil {
		t.Fatal(err)
	}
	signers := storetest.NewSigners(t, "test", 3)
	var cfgs [2]config.Config
	for i := range cfgs {
		cfgs[i] = dayConfig(t, signers.Key(i), signers.Addresses())
	}
	archiveInto(t, cfgs[0], dayOf(t, cfgs[0], signers, count))
	full := launch(t, cfgs[0])
	if n := full.tree.Len(); n != count {
		t.Fatalf("%d certificates of %d in the archive", n, count)
	}
	cfgs[1].BootstrapAddr = []peer.AddrInfo{{ID: full.Host().ID(), Addrs: full.Host().Addrs()}}
	began := time.Now()
	away := launch(t, cfgs[1])
	var calls []time.Duration
	deadline := began.Add(3 * time.Minute)
	for i := 0; away.tree.Len() < count && time.Now().Before(deadline); i++ {
		before := time.Now()
		err := away.journal.Cosign(t.Context(), signing.Address{byte(i), byte(i >> 8)}, "A-USD", consensus.RoundAt(dayNow(), away.policy.Interval), signing.Digest{})
		if err != nil {
			t.Fatal(err)
		}
		calls = append(calls, time.Since(before))
		if !global.Wait(t.Context(), 5*time.Millisecond) {
			break
		}
	}
	took := time.Since(began)
	if n := away.tree.Len(); n != count {
		t.Fatalf("%d certificates of %d after %v", n, count, took)
	}
	waiting, _, err := away.journal.Backlog(t.Context())
	if err != nil || waiting != count {
		t.Errorf("%d certificates in the outbox, %v", waiting, err)
	}
	slices.Sort(calls)
	counts := full.network.Counts()
	t.Logf("%d certificates in %.1f s from the start; %d requests; %d journal calls meanwhile, median %v, p99 %v, longest %v",
		count, took.Seconds(), counts.AsksAnswered, len(calls), calls[len(calls)/2], calls[len(calls)*99/100], calls[len(calls)-1])
}

// A node that has missed certificates without losing a peer learns it by that one's heartbeat.
func TestHeartbeatShowsDifference(t *testing.T) {
	t.Parallel()
	signers := storetest.NewSigners(t, "test", 3)
	full := launch(t, dayConfig(t, signers.Key(0), signers.Addresses()))
	cfg := dayConfig(t, signers.Key(1), signers.Addresses())
	cfg.BootstrapAddr = []peer.AddrInfo{{ID: full.Host().ID(), Addrs: full.Host().Addrs()}}
	lacks := launch(t, cfg)
	waitFor(t, "the first comparison", func() bool { return full.network.Counts().AsksAnswered >= 2 })
	certificates := dayOf(t, cfg, signers, 20)
	if _, _, err := full.journal.Adopt(t.Context(), certificates); err != nil {
		t.Fatal(err)
	}
	full.archive(certificates)
	if until, fingerprint := full.archiveBeat(); !lacks.differs(consensus.Details{ArchiveUntil: until, Archive: fingerprint}) {
		t.Fatal("the difference does not show")
	}
	for _, d := range []consensus.Details{{}, {ArchiveUntil: 10}, {ArchiveUntil: consensus.Round(dayNow().Unix())}} {
		if lacks.differs(d) {
			t.Errorf("differs from %+v", d)
		}
	}
	h, err := full.makeHeartbeat()
	if err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the certificates", func() bool {
		lacks.hearArchive(h) // as it comes again and again
		return lacks.tree.Len() == len(certificates)
	})
	if until, fingerprint := full.archiveBeat(); lacks.differs(consensus.Details{ArchiveUntil: until, Archive: fingerprint}) {
		t.Error("the archives still differ")
	}
}

func waitFor(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("not in 20 s: %s", what)
		}
	}
}
