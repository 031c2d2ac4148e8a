package test_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

const (
	// floodedBound is how long after its proposal an honest price must have its quorum on every node during a flood: a
	// tenth of a round is a fetch, the rest is room for a busy machine.
	floodedBound = townInterval
	// floodedMemory is by how much the memory of a node may grow by a flood, in KiB.
	floodedMemory = 64 << 10
)

// Floods on real sockets against nodes that are processes of their own, as they are outside of tests, so that it costs
// them what it costs. TEST_FLOODSECONDS makes the floods longer and more, and the program one without the race detector.
func TestHostileFloodProcesses(t *testing.T) { //nolint:paralleltest // it measures times, on all cores
	guests := []signing.Key{makeKey(t, 60), makeKey(t, 61), makeKey(t, 62), makeKey(t, 63), makeKey(t, 64)}
	w := newTown(t, cli{path: buildForFlood(t)}, 4, guests)
	for _, h := range w.nodes {
		h.stderr.line(t, stepTimeout, "price quorum")
	}
	calm := w.during(t, floodTime(t))
	kinds := []string{"duplicates"}
	if measured() {
		kinds = []string{"duplicates", "garbage", "bad signatures", "other topics", "control"}
	}
	for i, kind := range kinds {
		w.flood(t, guests[i], kind, "stranger "+kind, calm)
	}
	w.flood(t, w.keys[3], "bad signatures", "member bad signatures", calm)
}

// measured tells whether the floods are for their figures.
func measured() bool { return os.Getenv("TEST_FLOODSECONDS") != "" }

// floodBounds returns how soon a flooder must be cut, and an honest price have its quorum. Beside other tests, and with the race
// detector, there is room for both.
func floodBounds() (cut, quorum time.Duration) {
	if measured() {
		return floodCutBound, floodedBound
	}
	return 4 * floodCutBound, 2 * floodedBound
}

// during returns the latencies of the rounds that begin within some time from now.
func (w *town) during(t *testing.T, d time.Duration) latencies {
	t.Helper()
	began := time.Now()
	if !global.Wait(t.Context(), d) {
		t.Fatal("interrupted")
	}
	ended := time.Now()
	_, bound := floodBounds()
	if !global.Wait(t.Context(), bound) { // the quorums of the last one
		t.Fatal("interrupted")
	}
	return w.quorums(began, ended)
}

// flood floods all nodes and checks what comes of it.
func (w *town) flood(t *testing.T, key signing.Key, kind, name string, calm latencies) {
	t.Helper()
	x := newHostile(hostOf(t, key), "town")
	defer x.close(t)
	a := arms{t: t, network: "town", interval: townInterval, key: key, pretend: func(consensus.Observation) {}}
	for _, k := range w.keys[:len(w.nodes)] {
		a.honest = append(a.honest, k.Address())
	}
	heard := make(chan consensus.Report, 1)
	x.onMessage(func(data []byte) {
		if r, err := consensus.DecodeReport(data); err == nil {
			select {
			case heard <- r:
			default:
			}
		}
	})
	before := make([]int, len(w.nodes))
	for i, h := range w.nodes {
		if err := x.reach(t.Context(), h.info); err != nil {
			t.Fatal(err)
		}
		before[i] = h.anonymous(t)
	}
	a.heard = append(a.heard, <-heard)
	frames, floods, began := a.frames(kind), make([]flood, len(w.nodes)), time.Now()
	var all sync.WaitGroup
	for i, h := range w.nodes {
		all.Go(func() { floods[i] = x.flood(t.Context(), h.info, floodTime(t), frames) })
	}
	under := w.during(t, floodTime(t))
	all.Wait()
	w.checkFlood(t, name, floods, before, began, calm, under)
}

func (w *town) checkFlood(t *testing.T, name string, floods []flood, before []int, began time.Time, calm, under latencies) {
	t.Helper()
	var last time.Duration
	cutBound, quorumBound := floodBounds()
	sent, refused, grown := 0, 0, 0
	for i, f := range floods {
		sent, refused = sent+f.sent, refused+f.refused
		grown = max(grown, w.nodes[i].anonymous(t)-before[i])
		if f.cut.IsZero() {
			t.Errorf("node%d never cut the flooder", i+1)
			continue
		}
		last = max(last, f.cut.Sub(began))
	}
	if last > cutBound {
		t.Errorf("the flooder was cut after %v, want within %v", last, cutBound)
	}
	if want := int(floodTime(t)/townInterval) * len(w.nodes) * len(w.nodes); len(under) < want {
		t.Errorf("%d honest quorums during the flood, want %d", len(under), want)
	}
	if worst := under.quantile(1); worst > quorumBound {
		t.Errorf("an honest quorum took %v, want at most %v", worst, quorumBound)
	}
	if measured() && grown > floodedMemory { // the race detector takes a multiple
		t.Errorf("a node has grown by %d KiB", grown)
	}
	result := "held"
	if t.Failed() {
		result = "FAILED"
	}
	t.Logf("attack: %s | %s | without %s | with %s | all nodes cut it within %v | RssAnon %d KiB before, %+d KiB at most | %d sent in %v, refused %d times",
		t.Name()+"/"+strings.ReplaceAll(name, " ", "_"), result, calm, under, last.Round(time.Millisecond), before[0], grown, sent, floodTime(t), refused)
}

// buildForFlood builds the program, as fast as it is outside of tests where TEST_FLOODSECONDS asks for figures.
func buildForFlood(t *testing.T) string {
	t.Helper()
	if !measured() {
		return buildProgram(t) // with what was compiled for the tests
	}
	path := filepath.Join(t.TempDir(), "gossip-price")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, "../cmd/gossip-price").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return path
}
