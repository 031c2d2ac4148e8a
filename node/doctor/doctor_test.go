package doctor_test

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/multiformats/go-multiaddr"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node"
	"github.com/gossip-price/gossip-price/node/api"
	"github.com/gossip-price/gossip-price/node/doctor"
)

// Of good settings all is well, every step has its check, and nothing was written.
func TestWell(t *testing.T) {
	t.Parallel()
	cfg := settings(t)
	cfg.DataDir = filepath.Join(cfg.DataDir, "to", "be", "made")
	checks := examine(t, cfg)
	for name, c := range checks {
		if c.State != api.CheckOK {
			t.Errorf("%s: %+v", name, c)
		}
	}
	for name, says := range map[string]string{
		"settings": "valid", "key": cfg.PrivateKey.Address().String(), "node": "no node runs", "data_folder": "the first start makes",
		"disk": "MiB free", "ports": "free", "clock": "coarse", "source": "ETH-USD is 30", "database": "embedded", "database_role": "no users",
		"bootstrap": "1 of 1 bootstrap nodes let this node in", "announced": "see it as 127.0.0.1", "membership": "counts",
		"development_key": "none", "open_network": "roster of 4", "quorum_size": "3", "stage_delay": "asked after",
	} {
		if !strings.Contains(checks[name].Detail, says) {
			t.Errorf("%s: %q, want %q", name, checks[name].Detail, says)
		}
	}
	if len(checks) != 17 {
		t.Errorf("%d checks", len(checks))
	}
	if _, err := os.Stat(cfg.DataDir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("something was written: %v", err)
	}
}

// illness is what is wrong with settings that were good, and which check must find it. No other check may fail.
type illness struct {
	check string
	state api.CheckState
	says  string
	catch func(t *testing.T, cfg *config.Config)
}

const (
	warning = api.CheckWarning
	failing = api.CheckFailing
)

func illnesses() map[string]illness {
	return map[string]illness{
		"exposed key": {"key", failing, "chmod 600", func(t *testing.T, cfg *config.Config) {
			t.Helper()
			cfg.KeyFile = filepath.Join(t.TempDir(), "key")
			useFile(t, cfg, 0o644)
		}},
		"no key file":    {"key", failing, "no such file", func(_ *testing.T, cfg *config.Config) { cfg.PrivateKey, cfg.KeyFile = signing.Key{}, "/none" }},
		"key to be made": {"key", warning, "nobody's GP_SIGNERS", func(_ *testing.T, cfg *config.Config) { cfg.PrivateKey = signing.Key{} }},
		"folder is a file": {"data_folder", failing, "not a directory", func(t *testing.T, cfg *config.Config) {
			t.Helper()
			cfg.DataDir = filepath.Join(t.TempDir(), "file")
			if err := os.WriteFile(cfg.DataDir, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			cfg.DataDir = filepath.Join(cfg.DataDir, "data")
		}},
		"port taken": {"ports", failing, "GP_APIADDR", func(t *testing.T, cfg *config.Config) {
			t.Helper()
			l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", cfg.APIAddr)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = l.Close() })
		}},
		"no source": {"source", failing, "connection refused", func(t *testing.T, cfg *config.Config) { t.Helper(); cfg.PriceURL = "http://" + freeAddr(t) }},
		"unknown pair": {"source", failing, "BTC-USD", func(_ *testing.T, cfg *config.Config) {
			cfg.Pairs = append(cfg.Pairs, "BTC-USD")
		}},
		"leaping source": {"source", warning, "a second later", func(t *testing.T, cfg *config.Config) {
			t.Helper()
			cfg.PriceURL = replay(t, recording("3000", "3200", "3400", "3600", "3800", "4000", "4200", "4400", "4600", "4800"))
		}},
		"another roster": {"membership", warning, "not in GP_SIGNERS", func(_ *testing.T, cfg *config.Config) { cfg.Signers = cfg.Signers[1:] }},
		"small quorum":   {"quorum_size", warning, "below two thirds", func(_ *testing.T, cfg *config.Config) { cfg.MinimumSignerCount = 2 }},
		"nobody to ask":  {"bootstrap", warning, "GP_BOOTSTRAPADDR is unset", func(_ *testing.T, cfg *config.Config) { cfg.BootstrapAddr = nil }},
		"nobody there": {"bootstrap", failing, "0 of 1", func(t *testing.T, cfg *config.Config) {
			t.Helper()
			cfg.BootstrapAddr[0].Addrs = []multiaddr.Multiaddr{tcp(freeAddr(t))}
		}},
		"another peer ID": {"bootstrap", failing, "peer id mismatch", func(t *testing.T, cfg *config.Config) {
			t.Helper()
			id, err := node.PeerID(newKey(t))
			if err != nil {
				t.Fatal(err)
			}
			cfg.BootstrapAddr[0].ID = id
		}},
		"refused": {"bootstrap", failing, "may not let this node in", func(t *testing.T, cfg *config.Config) {
			t.Helper()
			others := *cfg
			others.Signers = cfg.Signers[1:]
			cfg.BootstrapAddr = []peer.AddrInfo{bootstrap(t, others)}
		}},
		"another network": {"bootstrap", failing, "does not serve this network", func(_ *testing.T, cfg *config.Config) { cfg.Network = "other" }},
		"another network key": {"bootstrap", failing, "have both sides the same network key?", func(_ *testing.T, cfg *config.Config) {
			cfg.NetworkKey = make([]byte, 32)
		}},
		"one of two": {"bootstrap", warning, "1 of 2", func(t *testing.T, cfg *config.Config) {
			t.Helper()
			away := cfg.BootstrapAddr[0]
			away.Addrs = []multiaddr.Multiaddr{tcp(freeAddr(t))}
			id, err := node.PeerID(newKey(t))
			if err != nil {
				t.Fatal(err)
			}
			away.ID = id
			cfg.BootstrapAddr = append(cfg.BootstrapAddr, away)
		}},
		"seen elsewhere": {"announced", warning, "tells others 192.0.2.7, but bootstrap nodes see it as 127.0.0.1", func(_ *testing.T, cfg *config.Config) {
			cfg.ExternalAddr = []multiaddr.Multiaddr{multiaddr.StringCast("/ip4/192.0.2.7/tcp/8000")}
		}},
		"no database": {"database", failing, "connect", func(t *testing.T, cfg *config.Config) {
			t.Helper()
			cfg.DatabaseURL = "postgres://me:hunter2@" + freeAddr(t) + "/none"
		}},
	}
}

// useFile writes the key to the file of the settings.
func useFile(t *testing.T, cfg *config.Config, mode os.FileMode) {
	t.Helper()
	key, created, err := signing.LoadOrCreateKey(cfg.KeyFile)
	if err != nil || !created {
		t.Fatal(created, err)
	}
	if err := os.Chmod(cfg.KeyFile, mode); err != nil {
		t.Fatal(err)
	}
	cfg.Signers[0], cfg.PrivateKey = key.Address(), signing.Key{}
}

// Each illness is found by the check that is for it, and by no other.
func TestIll(t *testing.T) {
	t.Parallel()
	for name, ill := range illnesses() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := settings(t)
			ill.catch(t, &cfg)
			checks := examine(t, cfg)
			if c := checks[ill.check]; c.State != ill.state || !strings.Contains(c.Detail, ill.says) {
				t.Errorf("%s is %s: %s", ill.check, c.State, c.Detail)
			}
			for other, c := range checks {
				related := c.Name == ill.check || ill.check == "database" && other == "database_role" ||
					ill.check == "source" && other == "clock" || ill.check == "membership" && other == "bootstrap" ||
					ill.check == "data_folder" && (other == "disk" || other == "database" || other == "node")
				if !related && c.State != api.CheckOK {
					t.Errorf("%s is %s: %s", other, c.State, c.Detail)
				}
				if strings.Contains(c.Detail, "hunter2") {
					t.Errorf("%s shows the password", other)
				}
			}
		})
	}
}

// The clock is compared with the Date of the source.
func TestClock(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		date  func() string
		state api.CheckState
	}{
		"right":   {func() string { return time.Now().UTC().Format(http.TimeFormat) }, api.CheckOK},
		"behind":  {func() string { return time.Now().Add(time.Minute).UTC().Format(http.TimeFormat) }, failing},
		"ahead":   {func() string { return time.Now().Add(-time.Minute).UTC().Format(http.TimeFormat) }, failing},
		"no date": {func() string { return "today" }, warning},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Date", test.date())
				w.WriteHeader(http.StatusForbidden)
			}))
			t.Cleanup(server.Close)
			cfg := config.Default()
			cfg.PrivateKey, cfg.DataDir, cfg.PriceURL = newKey(t), t.TempDir(), server.URL
			cfg.ConnectionAddr, cfg.APIAddr = nil, freeAddr(t)
			if c := examine(t, cfg)["clock"]; c.State != test.state {
				t.Errorf("%s: %s", c.State, c.Detail)
			}
		})
	}
}

// Beside a running node nothing that would disturb it is tried, and it is asked how it is.
func TestBesideNode(t *testing.T) {
	t.Parallel()
	cfg := settings(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte(`{"ready":false,"problems":[{"name":"peers","detail":"none"}]}`))
	}))
	t.Cleanup(server.Close)
	cfg.APIAddr = strings.TrimPrefix(server.URL, "http://")
	journal, err := store.OpenJournal(t.Context(), cfg.JournalPath())
	if err != nil {
		t.Fatal(err)
	}
	checks := examine(t, cfg)
	if err := journal.Close(); err != nil {
		t.Fatal(err)
	}
	for name, says := range map[string]string{
		"node": "is not ready: peers: none", "ports": "the node that runs has them", "bootstrap": "1 of 1 bootstrap nodes take connections",
	} {
		if !strings.Contains(checks[name].Detail, says) {
			t.Errorf("%s: %q, want %q", name, checks[name].Detail, says)
		}
	}
	if checks["node"].State != failing || checks["bootstrap"].State != api.CheckOK {
		t.Errorf("%+v", checks)
	}
	if c := examine(t, cfg)["node"]; c.State != api.CheckOK || !strings.Contains(c.Detail, "no node runs") {
		t.Errorf("after it: %+v", c)
	}
}

func TestBootstrapNode(t *testing.T) {
	t.Parallel()
	cfg := config.Default()
	cfg.Bootstrap, cfg.PrivateKey, cfg.DataDir = true, newKey(t), t.TempDir()
	cfg.ConnectionAddr, cfg.APIAddr = []multiaddr.Multiaddr{tcp(freeAddr(t))}, freeAddr(t)
	checks := examine(t, cfg)
	if len(checks) != 8 || checks["open_network"].State != warning || checks["ports"].State != api.CheckOK {
		t.Errorf("%+v", checks)
	}
	var list []api.Check
	for _, c := range checks {
		list = append(list, c)
	}
	if doctor.Fails(list) || !doctor.Fails([]api.Check{doctor.InvalidSettings(errors.New("GP_PAIRS"))}) {
		t.Error("warnings count, or faults don't")
	}
}

// As many pairs as a node may have are fetched twice each in the time of a step.
func TestManyPairs(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(w, `{"data":{"currency":%q,"rates":{"USD":"10"}}}`, r.URL.Query().Get("currency"))
	}))
	t.Cleanup(server.Close)
	cfg := settings(t)
	cfg.PriceURL, cfg.Pairs = server.URL, nil
	for i := range global.MaxPairs {
		cfg.Pairs = append(cfg.Pairs, price.Pair(fmt.Sprintf("P%d-USD", i)))
	}
	c := examine(t, cfg)["source"]
	if c.State != api.CheckOK || strings.Count(c.Detail, " is 10") != len(cfg.Pairs) || !strings.HasPrefix(c.Detail, "P0-USD is 10; P1-USD") {
		t.Errorf("%+v", c)
	}
}

// What answers where the node would listen is a node only if it says whether it is ready: else the port is taken.
func TestAnotherServer(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"a problem": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNotFound)
			_, _ = w.Write([]byte(`{"status":404,"detail":"nothing here"}`))
		},
		"other JSON": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"status":"up"}`)) },
		"a page":     func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(answer)
			t.Cleanup(server.Close)
			cfg := config.Default()
			cfg.Bootstrap, cfg.PrivateKey, cfg.DataDir = true, newKey(t), t.TempDir()
			cfg.ConnectionAddr, cfg.APIAddr = []multiaddr.Multiaddr{tcp(freeAddr(t))}, strings.TrimPrefix(server.URL, "http://")
			checks := examine(t, cfg)
			if c := checks["ports"]; c.State != failing || !strings.Contains(c.Detail, "GP_APIADDR") {
				t.Errorf("%+v", c)
			}
			if c := checks["node"]; c.State != api.CheckOK || !strings.Contains(c.Detail, "no node runs") {
				t.Errorf("%+v", c)
			}
		})
	}
}

// Who takes a connection where the node would listen, and never answers, does not keep an examination waiting.
func TestNoAnswer(t *testing.T) {
	t.Parallel()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	cfg := config.Default()
	cfg.Bootstrap, cfg.PrivateKey, cfg.DataDir = true, newKey(t), t.TempDir()
	cfg.ConnectionAddr, cfg.APIAddr = []multiaddr.Multiaddr{tcp(freeAddr(t))}, l.Addr().String()
	ended := make(chan map[string]api.Check, 1)
	go func() { ended <- examine(t, cfg) }()
	select {
	case checks := <-ended:
		if c := checks["ports"]; c.State != failing {
			t.Errorf("%+v", c)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("the examination still waits")
	}
}
