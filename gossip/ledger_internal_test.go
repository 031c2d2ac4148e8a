package gossip

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	"pgregory.net/rapid"
)

// testBudget allows 20 messages in 5 s and 4 sent again in 1 s.
func testBudget() budget {
	return newBudget([]TopicConfig{{Name: "t", MaxBytes: 1000, Cadence: Cadence{Messages: 20, Every: 5 * time.Second, Again: 4}}})
}

func TestBudget(t *testing.T) {
	t.Parallel()
	got := testBudget()
	want := budget{
		messages: allowance{8.8, 72}, control: allowance{8, 88},
		bytes: allowance{8.8*2025 + 8*1024, 72*2025 + 88*1024}, // a frame of 1000 bytes, the name and 1024; control of 1 KiB
	}
	if got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	unset := newBudget([]TopicConfig{{MaxBytes: 1}}).messages
	if want := (allowance{1228.8, 3072}); unset != want {
		t.Errorf("without a cadence: %+v, want %+v", unset, want)
	}
}

// TestLargeCadence: of one peer no more is taken than a node can read, but it is cut only for what goes beyond the cadence.
func TestLargeCadence(t *testing.T) {
	t.Parallel()
	b := newBudget([]TopicConfig{{MaxBytes: 1000, Cadence: Cadence{Messages: 1_000_000, Every: 100 * time.Second}}})
	l := newLedger(b, newBans(), func() {})
	now, admitted := epoch(), 0
	for range 100 {
		for range 1000 {
			now = now.Add(time.Millisecond) // ten messages a millisecond
			for range 10 {
				if l.admit("peer", load{messages: 1, bytes: 100}, now) == nil {
					admitted++
				}
			}
		}
	}
	if want := mostAtOnce + 100*mostMessages; admitted > want || admitted < want*9/10 {
		t.Errorf("%d messages were taken in 100 s, want %d", admitted, want)
	}
	if why := l.condemned(); len(why) > 0 {
		t.Errorf("within the cadence, and cut: %v", why)
	}
}

// TestHonestPeersAreNotLimited has a peer send, in any order and lump, no more than the cadence has: all of a period at
// any time within it, and up to three periods held up.
func TestHonestPeersAreNotLimited(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := newLedger(testBudget(), newBans(), func() { t.Error("cut") })
		now := epoch()
		for round := range 100 {
			start := now
			due := 20
			for due > 0 {
				now = now.Add(time.Duration(rapid.IntRange(0, int(start.Add(5*time.Second).Sub(now))).Draw(t, "gap")))
				n := rapid.IntRange(1, due).Draw(t, "lump")
				if err := l.admit("peer", load{messages: n, control: 2 * n, bytes: 1000 * n}, now); err != nil {
					t.Fatalf("round %d: %v", round, err)
				}
				due -= n
			}
			now = start.Add(5 * time.Second)
		}
		if err := l.admit("peer", load{messages: 2 * 20, bytes: 2 * 20 * 1000}, now); err != nil {
			t.Errorf("two periods that were held up: %v", err)
		}
		if got := l.score("peer", now); got != 0 {
			t.Errorf("score %v", got)
		}
	})
}

// TestExcess has a peer first limited, then condemned, and then refused.
func TestExcess(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		load  load
		burst int
	}{
		"messages": {load{messages: 1}, 72}, "control": {load{control: 1}, testBudget().control.burst},
		"bytes": {load{bytes: 10_000}, testBudget().bytes.burst / 10_000},
	} {
		woken := 0
		l := newLedger(testBudget(), newBans(), func() { woken++ })
		for i := range 2*c.burst + 2 {
			want := error(nil)
			switch {
			case i > 2*c.burst:
				want = errRefused
			case i >= c.burst:
				want = errLimited
			}
			if got := l.admit("peer", c.load, epoch()); !errors.Is(got, want) {
				t.Fatalf("%s: number %d: %v, want %v", name, i, got, want)
			}
		}
		if got := l.condemned(); woken != 1 || len(got) != 1 || got["peer"] != flooding || l.score("peer", epoch()) != cutScore {
			t.Errorf("%s: condemned %v, woken %d times", name, got, woken)
		}
		l.forget("peer")
		if err := l.admit("peer", c.load, epoch()); err != nil {
			t.Errorf("%s: after it was forgotten: %v", name, err)
		}
	}
}

func TestTooManySubscriptions(t *testing.T) {
	t.Parallel()
	l := newLedger(testBudget(), newBans(), func() { t.Error("cut") })
	for n, want := range map[int]error{maxAnnounced: nil, maxAnnounced + 1: errLimited} {
		id := peer.ID(fmt.Sprint(n))
		if got := l.admit(id, load{subscriptions: n, control: n}, epoch()); !errors.Is(got, want) {
			t.Errorf("%d subscriptions: %v, want %v", n, got, want)
		}
	}
}

// TestInvalidMessagesAreForgiven has one each five minutes stay, and a fifth within a few minutes not.
func TestInvalidMessagesAreForgiven(t *testing.T) {
	t.Parallel()
	l := newLedger(testBudget(), newBans(), func() {})
	for i := range 100 {
		l.invalid("seldom", epoch().Add(time.Duration(i)*forgiveEvery))
	}
	for i := range maxInvalid {
		if got := l.condemned(); len(got) != 0 {
			t.Errorf("condemned after %d: %v", i, got)
		}
		l.invalid("often", epoch().Add(time.Duration(i)*time.Minute))
	}
	if got := l.condemned(); len(got) != 1 || got["often"] != invalidMessages {
		t.Errorf("condemned %v", got)
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	l := newLedger(testBudget(), newBans(), func() {})
	l.bans.add("banned", epoch())
	l.judge(map[peer.ID]float64{"good": 0, "poor": -4.9, "bad": -5, "banned": -9}, epoch())
	if got, want := l.summary(), (Scores{Negative: 3, Lowest: -9, Banned: 1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := l.condemned(); len(got) != 1 || got["bad"] != misbehaviour {
		t.Errorf("condemned %v", got)
	}
}

// TestAccountsAreBoundedAndForgotten has more peers than there is room for.
func TestAccountsAreBoundedAndForgotten(t *testing.T) {
	t.Parallel()
	l := newLedger(testBudget(), newBans(), func() {})
	now := epoch()
	for i := range 2 * maxAccounts {
		now = now.Add(time.Millisecond)
		if err := l.admit(someone(i).ID, load{messages: 1}, now); err != nil {
			t.Fatal(err)
		}
		if err := l.admit("regular", load{control: 1}, now); err != nil && i < 80 {
			t.Fatal(err)
		}
	}
	if n := len(l.accounts); n != maxAccounts {
		t.Errorf("%d accounts", n)
	}
	if _, ok := l.accounts["regular"]; !ok {
		t.Error("who sends all the time was forgotten before the silent ones")
	}
	l.forget("regular")
	l.judge(nil, now.Add(l.forgetAfter()-time.Second))
	if n := len(l.accounts); n == 0 {
		t.Error("forgotten too early")
	}
	l.judge(nil, now.Add(l.forgetAfter()+time.Second))
	if n := len(l.accounts); n != 0 {
		t.Errorf("%d accounts of silent peers", n)
	}
}

// Who is to be cut is not forgotten for others before it is cut.
func TestCondemnedAccountsAreKept(t *testing.T) {
	t.Parallel()
	l := newLedger(testBudget(), newBans(), func() {})
	now := epoch()
	for range maxInvalid {
		l.invalid("liar", now)
	}
	for i := range 2 * maxAccounts {
		now = now.Add(time.Millisecond)
		_ = l.admit(peer.ID(fmt.Sprint(i)), load{messages: 1}, now)
	}
	if why := l.condemned(); why["liar"] != invalidMessages || len(why) != 1 {
		t.Errorf("condemned: %v", why)
	}
}
