package test_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/node/api"
)

// Every node learns of every other one how it is, and finds nothing wrong where nothing is.
func TestClusterHeartbeats(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(t *testing.T, c *cluster) {
		seats := c.form(7, 7)
		c.meshed(seats...)
		rounds := c.rounds(6)
		pass(2 * beats)
		for _, s := range seats {
			v := s.node.Network()
			if len(v.Members) != 7 || len(v.Findings) != 0 || v.Clock.Heard != 6 || v.Clock.Offset == nil || *v.Clock.Offset > 100 || *v.Clock.Offset < 0 {
				t.Errorf("node%d sees %d members, %+v, %+v", s.number, len(v.Members), v.Findings, v.Clock)
			}
			for place, m := range v.Members {
				switch {
				case m.Silent || m.LastHeard == nil || m.PeerID == "" || m.Differs != nil || m.Store == "" || m.Store != v.Members[0].Store:
					t.Errorf("node%d knows of %s: %+v", s.number, m.Address, m)
				case m.Peers != 6 || len(m.Connected) != 6 || m.LastRow == nil || time.Time(*m.LastRow).Before(rounds[5].Start()):
					t.Errorf("node%d knows of %s: %+v", s.number, m.Address, m)
				case m.Quorums < 6*7 || m.Refusals != 0 || m.Backlog > 7:
					t.Errorf("node%d knows of %s: %+v", s.number, m.Address, m)
				}
				checkRow(t, m, place, 6)
			}
		}
		for _, s := range seats {
			sums := sumMetrics(c, s.metrics)
			t.Logf("node%d: %v heartbeats accepted, %v other outcomes", s.number, sums["heartbeats_total accepted"],
				sums["heartbeats_total"]-sums["heartbeats_total accepted"])
			if bad := sums["heartbeats_total"] - sums["heartbeats_total accepted"] - sums["heartbeats_total stale"]; bad != 0 {
				t.Errorf("node%d: %v heartbeats neither accepted nor stale", s.number, bad)
			}
		}
	})
}

// What heartbeats cost where nothing else is said: each node gets one of every other member an interval, in so many copies.
// SIM_NODES=32 makes a larger network.
func TestClusterHeartbeatCopies(t *testing.T) { //nolint:paralleltest // see simulate
	nodes, err := strconv.Atoi(cmp.Or(os.Getenv("SIM_NODES"), "7"))
	if err != nil {
		t.Fatal(err)
	}
	simulate(t, func(t *testing.T, c *cluster) {
		c.settings.FetchPriceInterval = time.Hour
		seats := c.form(nodes, nodes)
		c.meshed(seats...)
		for _, s := range seats {
			s.feed.set(0, true)
		}
		pass(2 * time.Minute)
		count := func() (sums map[string]float64) { return sumMetrics(c, seats[0].metrics) }
		const intervals = 20
		before := count()
		pass(intervals * beats)
		after := count()
		taken := after["heartbeats_total accepted"] - before["heartbeats_total accepted"]
		copies := after["messages_received_total"] - before["messages_received_total"]
		t.Logf("%d nodes: %.2f heartbeats an interval, %.1f copies of each", nodes, taken/intervals, copies/taken)
		if want := float64(intervals * (nodes - 1)); taken < want-float64(nodes) || taken > want+float64(nodes) || copies > 8*taken {
			t.Errorf("%v heartbeats taken, want %v; %v copies", taken, want, copies)
		}
	})
}

// checkRow checks that all prices of the others came to a member, in at least so many rounds.
func checkRow(t *testing.T, m api.Member, place, rounds int) {
	t.Helper()
	if len(m.Received) != 1 || m.Received[0].Rounds < rounds {
		t.Errorf("%s has received %+v", m.Address, m.Received)
		return
	}
	for other, n := range m.Received[0].Prices {
		if missing := m.Received[0].Rounds - int(n); other != place && (missing < 0 || missing > 1) { // the round of the start is open to both
			t.Errorf("%s has %d prices of member %d in %d rounds", m.Address, n, other, m.Received[0].Rounds)
		}
	}
}

// A link that fails in one direction, and nodes that differ, are found by everybody, told once, and told once when they are
// well again.
func TestClusterFindings(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(t *testing.T, c *cluster) {
		seats := c.form(4, 3)
		odd := seats[3]
		other := c.settings
		c.settings.SettlePeriod += time.Second
		c.start(odd) // with a setting of its own
		c.settings = other
		c.meshed(seats...)
		pass(4 * beats)
		find := func(on *seat, kind consensus.Trouble) string {
			for _, f := range on.node.Network().Findings {
				if f.Kind == kind {
					return f.Text
				}
			}
			return ""
		}
		want := fmt.Sprintf("%s's settings differ: GP_SETTLEPERIOD is 5s, ours 4s", odd.key.Address())
		if got := find(seats[0], consensus.SettingsDiffer); got != want {
			t.Errorf("found %q, want %q", got, want)
		}
		pass(4 * beats)
		if n := seats[0].told.count("settings differ", "level=WARN"); n != 1 {
			t.Errorf("told %d times", n)
		}
		if b, err := json.Marshal(seats[0].node.Network()); err != nil || !strings.Contains(string(b), `"kind":"settings differ"`) {
			t.Errorf("%v, %s", err, b)
		}
		c.halt(odd)
		pass(6 * beats)
		if got := find(seats[1], consensus.Silent); !strings.Contains(got, odd.key.Address().String()+" was last heard of at ") {
			t.Errorf("found %q", got)
		}
		c.start(odd)
		c.meshed(seats...)
		pass(4 * beats)
		for _, s := range seats[:3] {
			if v := s.node.Network(); len(v.Findings) > 0 {
				t.Errorf("node%d finds %+v", s.number, v.Findings)
			}
			for _, what := range []string{"settings differ", "was last heard of"} {
				if began, ended := s.told.count("network: 0x", what), s.told.count("network: no longer: ", what); began != 1 || ended != 1 {
					t.Errorf("node%d: %q told %d times, its end %d times", s.number, what, began, ended)
				}
			}
		}
	})
}

// Of whose prices too few come to one node is told by name. Its links lose every packet for a while, in both
// directions, and hold: what a peer missed comes to it by the others, unless they are lost too.
func TestClusterPoorLinks(t *testing.T) { //nolint:paralleltest // see simulate
	simulate(t, func(t *testing.T, c *cluster) {
		seats := c.form(4, 4)
		c.meshed(seats...)
		c.rounds(8)
		deaf := seats[2]
		c.weather.change(func(w *weather) { w.cut = func(_, to byte) bool { return to == deaf.number } })
		c.rounds(8)
		c.weather.clear()
		c.meshed(seats...)
		pass(3 * beats)
		sender := seats[0].key.Address().String()
		if n := seats[1].told.count("network: "+deaf.key.Address().String()+" receives ", " % of "+sender+"'s prices"); n != 1 {
			t.Errorf("told %d times that prices are missing", n)
		}
		pass(20 * c.settings.FetchPriceInterval)
		if n := seats[1].told.count("network: no longer: "+deaf.key.Address().String()+" receives ", " % of "+sender+"'s prices"); n != 1 {
			t.Errorf("told %d times that they come again", n)
		}
	})
}
