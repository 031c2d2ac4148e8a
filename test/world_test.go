package test_test

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/libp2p/go-libp2p/x/simlibp2p"
	"github.com/marcopolo/simnet"
)

const (
	// oneWay is how long a packet takes in fair weather.
	oneWay = 50 * time.Millisecond
	// lost is how late a lost packet is: simnet can't drop one, and no test is as long.
	lost = 24 * time.Hour
	// bandwidth of every simulated host, up and down.
	bandwidth = 20 * simlibp2p.OneMbps
)

// weather decides what becomes of packets between simulated hosts, which are known by their numbers. Until it is changed
// it is fair.
type weather struct {
	mu      sync.Mutex
	random  *rand.Rand
	loss    float64                           // share of all packets
	cut     func(from, to byte) bool          // nil: nothing is cut
	latency func(from, to byte) time.Duration // nil: oneWay
	packets int                               // so far
	gone    int                               // how many of them were lost
}

// change changes the weather in one moment.
func (w *weather) change(change func(w *weather)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change(w)
}

// isolate cuts one host off from all others.
func (w *weather) isolate(host byte) {
	w.change(func(w *weather) { w.cut = func(from, to byte) bool { return from == host || to == host } })
}

// clear ends every cut.
func (w *weather) clear() { w.change(func(w *weather) { w.cut = nil }) }

func (w *weather) delay(p *simnet.Packet) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	from, to := number(p.From), number(p.To)
	w.packets++
	if (w.cut != nil && w.cut(from, to)) || (w.loss > 0 && w.random.Float64() < w.loss) {
		w.gone++
		return lost
	}
	if w.latency != nil {
		return w.latency(from, to)
	}
	return oneWay
}

// uniform returns a random time below most, of the weather's numbers.
func (c *cluster) uniform(most time.Duration) (d time.Duration) {
	c.weather.change(func(w *weather) { d = time.Duration(w.random.Int64N(int64(most))) })
	return d
}

func (w *weather) told() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return fmt.Sprintf("%d packets, %d lost", w.packets, w.gone)
}

// number returns the last byte of a host's address, which names it.
func number(a net.Addr) byte { return netip.MustParseAddrPort(a.String()).Addr().As4()[3] }

// simulate runs f with a cluster in virtual time, stops what f left running, and audits what was stored: whatever
// happened, no row may be false, no row written twice, and no price with a quorum lost. It is not for parallel tests.
func simulate(t *testing.T, f func(t *testing.T, c *cluster)) {
	t.Helper()
	// golang/go#78156: timers of a bubble that fire on several processors confuse the race detector.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	folder, wall := t.TempDir(), time.Now()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		w := &weather{random: rand.New(rand.NewPCG(1, 2))}
		c := &cluster{
			t: t, weather: w, folder: folder, settings: defaults(),
			net: &simnet.Simnet{LatencyFunc: w.delay, Logger: slog.New(slog.DiscardHandler)},
		}
		c.net.Start()
		defer c.net.Close() // after the nodes
		defer c.stopAll()
		f(t, c)
		c.finish()
		t.Logf("%v of virtual time; %s; %s", time.Since(began).Round(time.Second), w.told(), c.ledger.latency())
	})
	t.Logf("%s of real time", time.Since(wall).Round(10*time.Millisecond))
}

// pass lets virtual time go by.
func pass(d time.Duration) { <-time.After(d) }

// eventually waits on the clock of the test for a condition.
func eventually(t *testing.T, patience time.Duration, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("not in %v: %s", patience, what)
		}
	}
}
