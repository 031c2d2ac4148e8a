package gossip

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
)

// What a peer asks beyond its budget is answered later.
func TestClientPays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newClient()
		for name, x := range map[string]struct {
			pay  func() error
			want time.Duration
		}{
			"requests": {func() error { return c.pay(t.Context(), c.asks, 1) }, 10 * time.Second},
			"bytes":    {func() error { return c.pay(t.Context(), c.bytes, (answerBurst+40<<20)/400) }, 10 * time.Second},
		} {
			began := time.Now()
			for range asksAtOnce + 10*asksPerSecond {
				if err := x.pay(); err != nil {
					t.Fatal(err)
				}
			}
			if took := time.Since(began); took.Round(time.Second) != x.want {
				t.Errorf("%s took %v, want %v", name, took, x.want)
			}
		}
	})
}

// A peer is answered once at a time. Its next request waits for the end of the last one, a second one beside that does not.
func TestClientOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLedger(newBudget(nil), newBans(), func() {})
		a, b := l.client("a", time.Now()), l.client("b", time.Now())
		if !a.begin(t.Context()) || !b.begin(t.Context()) {
			t.Fatal("a peer that asks nothing is not free")
		}
		next := make(chan bool, 1)
		begin := func() { next <- l.client("a", time.Now()).begin(t.Context()) }
		go begin()
		synctest.Wait()
		if a.begin(t.Context()) {
			t.Error("two requests wait at once")
		}
		a.end()
		if !<-next {
			t.Error("the next request does not get its turn")
		}
		began := time.Now()
		go begin()
		if <-next || time.Since(began) != handover {
			t.Errorf("a second request at once, after %v", time.Since(began))
		}
	})
}

func TestClientBanned(t *testing.T) {
	t.Parallel()
	l := newLedger(newBudget(nil), newBans(), func() {})
	l.bans.add(peer.ID("c"), time.Now())
	if l.client("c", time.Now()) != nil {
		t.Error("a banned peer is served")
	}
}
