package test_test

import (
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/multiformats/go-multiaddr"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/gossip"
	"github.com/gossip-price/gossip-price/node"
)

// socketBound is how long after its proposal an honest price must have its quorum on every honest node on real sockets,
// where all share one machine with other tests, under the race detector: the clock skew, beyond which no report enters.
const socketBound = 5 * time.Second

// village is a cluster on real sockets: TCP on loopback, admission by roster, and one SQLite file.
type village struct {
	t        *testing.T
	cfg      config.Config
	told     ledger
	nodes    []*node.Node
	runs     []*running
	log      *slog.Logger
	folder   string
	peculiar func(i int, cfg *config.Config) // changes the settings of the i-th node; nil: none
}

// newVillage makes the settings of a network with a roster of so many signers. Rounds take two seconds.
func newVillage(t *testing.T, signers int) *village {
	t.Helper()
	v := &village{t: t, cfg: defaults(), folder: t.TempDir(), log: slog.New(slog.NewTextHandler(t.Output(), nil))}
	v.cfg.Network, v.cfg.PriceURL = "village", replay(t)
	v.cfg.DatabaseURL = "sqlite:" + filepath.Join(v.folder, "prices.db")
	v.cfg.ConnectionAddr = []multiaddr.Multiaddr{multiaddr.StringCast("/ip4/127.0.0.1/tcp/0")}
	v.cfg.FetchPriceInterval, v.cfg.PriceFreshness = 2*time.Second, 2*time.Second
	v.cfg.SettlePeriod, v.cfg.FlushInterval = time.Second, time.Second
	for i := range byte(signers) {
		v.cfg.Signers = append(v.cfg.Signers, makeKey(t, i+1).Address())
	}
	return v
}

// open starts the bootstrap node and four nodes, and stops all at the end of the test.
func (v *village) open() {
	v.t.Helper()
	boot := v.cfg
	boot.Bootstrap, boot.PrivateKey = true, makeKey(v.t, bootstrapHost)
	b, err := node.NewBootstrap(boot, node.Parts{Log: v.log.With("name", "bootstrap")})
	if err != nil {
		v.t.Fatal(err)
	}
	v.runs = append(v.runs, run(b.Run))
	v.cfg.BootstrapAddr = []peer.AddrInfo{{ID: b.Host().ID(), Addrs: b.Host().Addrs()}}
	v.t.Cleanup(v.stop)
	for range 4 {
		v.add()
	}
}

// add starts the next node.
func (v *village) add() *node.Node {
	v.t.Helper()
	i := len(v.nodes)
	name, own := fmt.Sprint("node", i+1), v.cfg
	own.PrivateKey, own.DataDir = makeKey(v.t, byte(i+1)), filepath.Join(v.folder, name)
	if v.peculiar != nil {
		v.peculiar(i, &own)
	}
	n, err := node.New(v.t.Context(), own, node.Parts{
		Log: v.log.With("name", name), Now: time.Now, Observe: v.told.observe(own.PrivateKey.Address()),
	})
	if err != nil {
		v.t.Fatal(err)
	}
	v.nodes, v.runs = append(v.nodes, n), append(v.runs, run(n.Run))
	return n
}

// stop stops all and audits the store.
func (v *village) stop() {
	for _, r := range v.runs {
		r.stop(v.t)
	}
	v.runs = nil
	checkRows(v.t, readRows(v.t, v.cfg.DatabaseURL), consensus.NewRoster(v.cfg.Signers...), v.cfg.MinimumSignerCount)
}

// wholeRounds waits for so many rounds, from now on, in which each of the first nodes has a row, and returns how long
// their prices took to their quorum on each of those.
func (v *village) wholeRounds(rounds, nodes int) latencies {
	v.t.Helper()
	from := consensus.RoundAt(time.Now(), v.cfg.FetchPriceInterval) + consensus.Round(v.cfg.FetchPriceInterval/time.Second)
	whole := make(map[consensus.Round]bool)
	looked := time.Now()
	eventually(v.t, socketPatience, fmt.Sprint(rounds, " rounds with a row of each node"), func() bool {
		if time.Since(looked) < v.cfg.FlushInterval/2 { // opening the store takes time
			return false
		}
		looked = time.Now()
		rows := readRows(v.t, v.cfg.DatabaseURL)
		for _, row := range rows {
			if round := consensus.Round(row.RoundTime.Unix()); round >= from {
				found := stored(rows, round)
				whole[round] = !slices.ContainsFunc(v.cfg.Signers[:nodes], func(a signing.Address) bool {
					_, ok := found[a]
					return !ok
				})
			}
		}
		maps.DeleteFunc(whole, func(_ consensus.Round, complete bool) bool { return !complete })
		return len(whole) >= rounds
	})
	c := &cluster{t: v.t, ledger: ledger{notes: v.told.find(node.Quorum)}}
	c.ledger.notes = append(c.ledger.notes, v.told.find(node.Proposed)...)
	var seats []*seat
	for i := range nodes {
		seats = append(seats, &seat{key: makeKey(v.t, byte(i+1))})
	}
	return c.quorumLatencies(seats, slices.Collect(maps.Keys(whole)))
}

// attacked writes the line about an attack and checks that the honest nodes were in time.
func (v *village) attacked(calm, under latencies, notes string) {
	v.t.Helper()
	result := "held"
	if worst := under.quantile(1); worst > socketBound {
		v.t.Errorf("an honest quorum took %v, want at most %v", worst, socketBound)
	}
	if v.t.Failed() {
		result = "FAILED"
	}
	v.t.Logf("attack: %s | %s | without %s | with %s | %s", v.t.Name(), result, calm, under, notes)
}

// outsider makes a host on loopback with the key of a number.
func outsider(t *testing.T, number byte) host.Host {
	t.Helper()
	return hostOf(t, makeKey(t, number))
}

func hostOf(t *testing.T, key signing.Key) host.Host {
	t.Helper()
	identity, err := gossip.IdentityKey(key.Secret())
	if err != nil {
		t.Fatal(err)
	}
	h, err := gossip.NewHost(gossip.HostConfig{
		Key: identity, Listen: []multiaddr.Multiaddr{multiaddr.StringCast("/ip4/127.0.0.1/tcp/0")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func infoOf(h host.Host) peer.AddrInfo { return peer.AddrInfo{ID: h.ID(), Addrs: h.Addrs()} }
