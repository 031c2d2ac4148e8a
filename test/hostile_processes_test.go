package test_test

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/multiformats/go-multiaddr"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/node"
)

// town is a network of nodes that run as processes, and tell what they do by their logs.
type town struct {
	t      *testing.T
	keys   []signing.Key // the roster's; not all of them run a node
	nodes  []*house
	lookup peer.AddrInfo // of the bootstrap node
}

// house is one process.
type house struct {
	cmd    *exec.Cmd
	stderr *output
	info   peer.AddrInfo
}

// townInterval is the length of a town's rounds.
const townInterval = 2 * time.Second

// newTown starts a bootstrap node and nodes for all seats of the roster but the last one. Guests are let in.
func newTown(t *testing.T, c cli, seats int, guests []signing.Key) *town {
	t.Helper()
	w := &town{t: t}
	var roster, allowed []string
	for i := range seats {
		w.keys = append(w.keys, makeKey(t, byte(i+1)))
		roster = append(roster, w.keys[i].Address().String())
	}
	for _, key := range guests {
		allowed = append(allowed, peerIDOf(t, key).String())
	}
	prices, _ := startReplay(t, c)
	c = c.with("GP_NETWORK=town", "GP_SIGNERS="+strings.Join(roster, ","), "GP_ALLOWEDPEERS="+strings.Join(allowed, ","),
		"GP_PRICEURL="+prices, "GP_APIADDR=127.0.0.1:0", "GP_FETCHPRICEINTERVAL=2", "GP_SETTLEPERIOD=1s", "GP_FLUSHINTERVAL=1s")
	boot := makeKey(t, bootstrapHost)
	w.lookup = w.build(c.with("GP_BOOTSTRAP=true"), boot).info
	for _, key := range w.keys[:seats-1] {
		w.nodes = append(w.nodes, w.build(c.with("GP_BOOTSTRAPADDR="+w.lookup.Addrs[0].String()+"/p2p/"+w.lookup.ID.String()), key))
	}
	return w
}

// build starts a process, which runs until the end of the test.
func (w *town) build(c cli, key signing.Key) *house {
	w.t.Helper()
	where := "/ip4/127.0.0.1/tcp/" + freePort(w.t)
	h := &house{stderr: new(output), info: peer.AddrInfo{ID: peerIDOf(w.t, key), Addrs: []multiaddr.Multiaddr{multiaddr.StringCast(where)}}}
	h.cmd = c.with("GP_CONNECTIONADDR="+where, "GP_DATADIR="+w.t.TempDir(),
		fmt.Sprintf("GP_PRIVATEKEY=%x", key.Secret())).command(w.t, c.path)
	h.cmd.Stderr = h.stderr
	if err := h.cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		_ = h.cmd.Process.Signal(syscall.SIGTERM)
		if err := h.cmd.Wait(); err != nil && w.t.Context().Err() == nil {
			w.t.Errorf("a node ended with %v", err)
		}
		if w.t.Failed() {
			w.t.Logf("%s", strings.Join(h.stderr.lines(`"level":"WARN"`), "\n"))
		}
	})
	return h
}

func peerIDOf(t *testing.T, key signing.Key) peer.ID {
	t.Helper()
	id, err := node.PeerID(key)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// quorums returns how long the prices of some rounds took from their proposal to their quorum on each node, by the logs.
func (w *town) quorums(from, until time.Time) latencies {
	w.t.Helper()
	type entry struct {
		Time  time.Time
		Msg   string
		ID    string
		Round consensus.Round
	}
	entries := func(step node.Step) (all []entry) {
		for _, h := range w.nodes {
			for _, line := range h.stderr.lines(`"` + string(step) + `"`) {
				if e := decode[entry](w.t, line); !e.Round.Start().Before(from) && e.Round.Start().Before(until) {
					all = append(all, e)
				}
			}
		}
		return all
	}
	proposed := make(map[string]time.Time)
	for _, e := range entries(node.Proposed) {
		proposed[e.ID] = e.Time
	}
	var all latencies
	for _, e := range entries(node.Quorum) {
		if at, ok := proposed[e.ID]; ok {
			all = append(all, e.Time.Sub(at))
		}
	}
	slices.Sort(all)
	return all
}

// anonymous returns the memory of a process that is its own, in KiB.
func (h *house) anonymous(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", h.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if text, ok := strings.CutPrefix(line, "RssAnon:"); ok {
			kib, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(text), " kB"))
			if err != nil {
				t.Fatal(err)
			}
			return kib
		}
	}
	t.Fatal("the kernel does not tell RssAnon")
	return 0
}
