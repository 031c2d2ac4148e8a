package gossip_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	pb "github.com/libp2p/go-libp2p-pubsub/pb"

	"github.com/gossip-price/gossip-price/gossip"
)

// TestSimulatedFlood sends 10,000 RPCs a second to one of four honest nodes until it is cut, and then tries to come
// back for the rest of 30 s.
func TestSimulatedFlood(t *testing.T) { //nolint:paralleltest // see simulate
	other, yes := "/gossip-price/1/test/other", true
	for name, f := range map[string]flood{ //nolint:paralleltest // see simulate
		"junk": {rpc: func(i int) *pb.RPC { return say(fmt.Sprint("junk", i)) }, cause: `"invalid messages"`},
		"ignored": {
			rpc: func(i int) *pb.RPC { return say(fmt.Sprint("old", i)) }, cause: "flooding", siege: 30 * time.Second,
		},
		"replayed": {
			rpc: func(i int) *pb.RPC { return say(fmt.Sprint("honest", i%20)) }, cause: "flooding",
			wait: 200 * time.Second, // gossip sweeps its memory of 120 s once a minute
		},
		"duplicate": {rpc: func(int) *pb.RPC { return say("old") }, cause: "flooding"},
		"foreign": {rpc: func(int) *pb.RPC {
			return &pb.RPC{Publish: []*pb.Message{{Topic: &other, Data: []byte("x")}}}
		}, cause: "flooding"},
		"subscriptions": {rpc: func(int) *pb.RPC {
			return &pb.RPC{Subscriptions: []*pb.RPC_SubOpts{{Topicid: &other, Subscribe: &yes}}}
		}, cause: "flooding"},
		"empty":    {rpc: func(int) *pb.RPC { return &pb.RPC{Control: &pb.ControlMessage{}} }, cause: "flooding"},
		"promises": {rpc: func(i int) *pb.RPC { return announce(fmt.Sprintf("%032d", i)) }, cause: "flooding"},
	} {
		t.Run(name, func(t *testing.T) {
			simulate(t, func(w *world) { besiege(w, f) })
		})
	}
}

// flood is what a villain sends 10,000 times a second.
type flood struct {
	rpc   func(i int) *pb.RPC
	cause string        // told when it is cut
	wait  time.Duration // before it begins
	siege time.Duration // zero is 5 s
}

func besiege(w *world, f flood) {
	t := w.t
	seconds := int(max(f.siege, 5*time.Second) / time.Second)
	g := newGuild(w, calm)
	before := g.talk(t, 5)
	pass(f.wait)
	memory := heap()
	v := newVillain(t, w.host(50), g.nodes[0], false)
	began, after := time.Now(), make(chan time.Duration, 1)
	go func() { after <- g.talk(t, seconds) }()
	sent := v.pour(f.rpc)
	if cut := time.Since(began); v.connected() || cut > time.Second {
		t.Errorf("not cut in %v", cut)
	} else {
		t.Logf("cut after %v and %d messages", cut.Round(time.Millisecond), sent)
	}
	for time.Since(began) < time.Duration(seconds)*time.Second {
		pass(time.Second)
		if v.connect(t) == nil && v.send(f.rpc(0)) == nil && v.connected() {
			t.Error("let in again")
		}
	}
	under := <-after
	if under > before+100*time.Millisecond {
		t.Errorf("honest messages took %v, %v before", under, before)
	}
	t.Logf("honest messages took at most %v before, %v during; heap %+d KiB",
		before, under, (int64(heap())-int64(memory))/1024)
	g.calmly(t, 1)
	if c := g.nodes[0].Counts(); c.Waiting != 0 || total(c) != c.Received {
		t.Errorf("%d of %d messages counted: %+v", total(c), c.Received, c)
	}
	if told := strings.Count(g.log.String(), `msg="peer cut" cause=`+f.cause); told != 1 {
		t.Errorf("told %d times:\n%s", told, g.log.String())
	}
}

func total(c gossip.Counts) (sum uint64) {
	for _, n := range c.Causes() {
		sum += n
	}
	return sum
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
