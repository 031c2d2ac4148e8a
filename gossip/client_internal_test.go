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

func TestClientOnce(t *testing.T) {
	t.Parallel()
	l := newLedger(newBudget(nil), newBans(), func() {})
	now := time.Now()
	c, free := l.client("a", now)
	if !free {
		t.Fatal("a peer that asks nothing is not free")
	}
	if _, free := l.client("a", now); free {
		t.Error("a peer is served twice at once")
	}
	if _, free := l.client("b", now); !free {
		t.Error("one peer blocks another")
	}
	l.served(c)
	if again, free := l.client("a", now); !free || again != c {
		t.Error("the account was not given back")
	}
	l.bans.add(peer.ID("c"), now)
	if _, free := l.client("c", now); free {
		t.Error("a banned peer is served")
	}
}
