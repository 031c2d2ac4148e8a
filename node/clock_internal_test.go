package node

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/config"
)

// watchmaker is a clock with the roll that it is compared by, and the keys of the others.
type watchmaker struct {
	t        *testing.T
	clock    clock
	roll     *consensus.Roll
	others   []signing.Key
	sequence uint64
	ahead    time.Duration // of this node's clock
}

func newWatchmaker(t *testing.T) *watchmaker {
	t.Helper()
	const others = 3
	m := &watchmaker{t: t}
	var signers []signing.Address
	for range others + 1 {
		key, err := signing.GenerateKey()
		if err != nil {
			t.Fatal(err)
		}
		m.others = append(m.others, key)
		signers = append(signers, key.Address())
	}
	self := m.others[others].Address()
	m.others = m.others[:others]
	p := consensus.Policy{Network: "test", Self: self, Quorum: 3, Roster: consensus.NewRoster(signers...), Skew: 5 * time.Second}
	m.roll = consensus.NewRoll(p, consensus.Settings{}, m.now())
	m.clock = clock{bound: p.ClockBound(), doubt: doubtBeats * p.BeatInterval(), began: time.Now()}
	return m
}

func (m *watchmaker) now() time.Time { return time.Now().Add(m.ahead) }

// beat has all others send a heartbeat by the right clock.
func (m *watchmaker) beat() {
	m.t.Helper()
	m.sequence++
	for _, key := range m.others {
		h, err := consensus.Heartbeat{Network: "test", Start: 1, Sequence: m.sequence, Clock: consensus.MillisOf(time.Now())}.Sign(key)
		if err != nil {
			m.t.Fatal(err)
		}
		if got := m.roll.Receive(h.Encode(), m.now()); got.Outcome != consensus.Accepted {
			m.t.Fatalf("heartbeat: %s", got.Outcome)
		}
	}
}

// look expects a turn, and then what the clock says of itself.
func (m *watchmaker) look(want turn, says string) {
	m.t.Helper()
	got := m.clock.look(m.now(), m.roll)
	if fault := m.clock.fault(); got != want || !strings.Contains(fault, says) || (says == "") != (fault == "") {
		m.t.Fatalf("turned %q, says %q; want %q, %q", got, fault, want, says)
	}
}

// wait lets time go by as a node does: it looks at the clock every second.
func (m *watchmaker) wait(d time.Duration, says string) {
	m.t.Helper()
	for range d / time.Second {
		<-time.After(time.Second)
		m.look(noTurn, says)
	}
}

func TestClockTurns(t *testing.T) {
	t.Parallel()
	for name, play := range map[string]func(m *watchmaker){
		"off at the start": func(m *watchmaker) {
			m.ahead = time.Minute
			m.look(noTurn, "")
			m.beat()
			m.look(turnedOff, "1m0s ahead of the others' (3 compared), at most 5s is allowed")
			m.wait(time.Minute, "1m0s ahead") // nobody is heard of any more: it is off until somebody says otherwise
		},
		"at the edge": func(m *watchmaker) {
			m.ahead = 5 * time.Second
			m.beat()
			m.look(noTurn, "")
			m.ahead += 500 * time.Millisecond // it drifts
			m.beat()
			m.look(turnedOff, "5.5s ahead")
			m.ahead -= 800 * time.Millisecond
			m.beat()
			m.look(noTurn, "4.7s ahead")
			m.ahead -= 400 * time.Millisecond
			m.beat()
			m.look(turnedRight, "")
		},
		"jumps": func(m *watchmaker) {
			m.beat()
			m.look(noTurn, "")
			m.ahead = -time.Hour
			m.look(turnedDoubted, "the clock jumped by -1h0m0s")
			m.wait(3*time.Second, "jumped")
			m.beat()
			m.look(turnedOff, "1h0m0s behind")
			m.ahead = 0
			m.look(noTurn, "jumped by 1h0m0s") // it may have jumped to anywhere
			m.wait(3*time.Second, "jumped")
			m.beat()
			m.look(turnedRight, "")
		},
		"jumps, and nobody is there": func(m *watchmaker) {
			m.look(noTurn, "")
			m.ahead = time.Hour
			m.look(turnedDoubted, "jumped by 1h0m0s")
			m.wait(29*time.Second, "jumped")
			<-time.After(time.Second)
			m.look(turnedRight, "")
		},
		"a small jump": func(m *watchmaker) {
			m.beat()
			m.look(noTurn, "")
			m.ahead = 4 * time.Second
			m.look(noTurn, "")
		},
		"stands still": func(m *watchmaker) {
			m.beat()
			m.look(noTurn, "")
			<-time.After(20 * time.Second)
			m.look(turnedDoubted, "stood still for 20s")
			<-time.After(time.Second)
			m.beat() // what may have been waiting
			m.look(noTurn, "stood still")
			<-time.After(time.Second)
			m.beat()
			m.look(turnedRight, "")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { play(newWatchmaker(t)) })
		})
	}
}

// Hellos greet those that come, as far as others take them; the regular heartbeats go on.
func TestPulseDue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newWatchmaker(t)
		p := newPulse(config.Config{}, consensus.Policy{Interval: time.Minute, Roster: consensus.NewRoster(m.others[0].Address())}, "v1", time.Now())
		began, sent := time.Now(), 0
		for range 2 * time.Minute / tickPeriod {
			up := time.Since(began)
			if p.due(up, sent%2*5) { // somebody comes and goes all the time
				p.hello, p.sent = false, up
				sent++
			}
			<-time.After(tickPeriod)
		}
		if most := hellosAtOnce + 2*120/15; sent > most || sent < 120/15 {
			t.Errorf("%d heartbeats in 2 min, at most %d", sent, most)
		}
	})
}
