package vitals_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node/api"
	"github.com/gossip-price/gossip-price/node/vitals"
)

const pair = price.Pair("ETH-USD")

func noon() time.Time { return time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC) }

func addresses(t *testing.T, n int) []signing.Address {
	t.Helper()
	list := make([]signing.Address, n)
	for i := range list {
		key, err := signing.GenerateKey()
		if err != nil {
			t.Fatal(err)
		}
		list[i] = key.Address()
	}
	return list
}

// known returns the first of Anvil's accounts.
func known(t *testing.T) signing.Address {
	t.Helper()
	key, err := signing.ParseKey("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")
	if err != nil {
		t.Fatal(err)
	}
	return key.Address()
}

// good returns a look at the first of four members, at which nothing is wrong.
func good(t *testing.T) (vitals.Glance, []signing.Address) {
	t.Helper()
	members := addresses(t, 4)
	return vitals.Glance{
		Standing: vitals.Standing{Flush: 30 * time.Second, Policy: consensus.Policy{
			Self: members[0], Roster: consensus.NewRoster(members...), Quorum: 3, Interval: 10 * time.Minute,
			Pairs: []price.Pair{pair}, Settle: 30 * time.Second, Skew: 5 * time.Second,
		}},
		Now: noon(), Peers: 3, Members: 4,
		Prices: []vitals.Price{{Pair: string(pair), Fetched: true}},
		Clock:  vitals.Clock{Reading: consensus.Reading{Offset: time.Second, Clocks: 3, Needed: 2}},
		Rounds: vitals.Progress{Pair: pair, Missed: 2, Own: 4, OwnReached: 2},
		Alarms: []consensus.Alarm{
			{Finding: consensus.Finding{Trouble: consensus.VersionDiffers, Member: members[1], Text: "another"}, Since: noon().Add(-time.Minute)},
			{Finding: consensus.Finding{Trouble: consensus.ClockOff, Member: members[0], Text: "itself"}}, // its own check tells that
		},
		Machine: vitals.Machine{Free: 1 << 30, Backlog: 5, OldestIs: 5 * time.Minute},
	}, members
}

// spoiled is a look at which one thing is wrong.
type spoiled struct {
	check string
	state api.CheckState
	says  string
	spoil func(g *vitals.Glance, members []signing.Address)
}

func alarm(trouble consensus.Trouble, since time.Duration) func(*vitals.Glance, []signing.Address) {
	return func(g *vitals.Glance, members []signing.Address) {
		g.Alarms = append(g.Alarms, consensus.Alarm{
			Finding: consensus.Finding{Trouble: trouble, Member: members[2], Text: "what is found"}, Since: g.Now.Add(-since),
		})
	}
}

const (
	warning = api.CheckWarning
	failing = api.CheckFailing
)

func spoilsOfWork() []spoiled {
	fault := errors.New("a fault")
	return []spoiled{
		{"peers", failing, "peers that listen to prices: 1, quorum needs 2", func(g *vitals.Glance, _ []signing.Address) { g.Peers = 1 }},
		{"quorum_possible", failing, "with this node: 2, quorum is 3", func(g *vitals.Glance, _ []signing.Address) { g.Members = 2 }},
		{"quorum_reached", failing, "ETH-USD: no price reached its quorum in the last 3", func(g *vitals.Glance, _ []signing.Address) { g.Rounds.Missed = 3 }},
		{"own_prices", warning, "1 of this node's last 3", func(g *vitals.Glance, _ []signing.Address) { g.Rounds.Own, g.Rounds.OwnReached = 3, 1 }},
		{"clock", failing, "it is off", func(g *vitals.Glance, _ []signing.Address) { g.Clock.Fault = "it is off" }},
		{"clock", warning, "2.6s from", func(g *vitals.Glance, _ []signing.Address) { g.Clock.Reading.Offset = -2600 * time.Millisecond }},
		{"price", failing, "no price fetched yet", func(g *vitals.Glance, _ []signing.Address) { g.Prices[0].Fetched = false }},
		{"price", failing, "a fault", func(g *vitals.Glance, _ []signing.Address) { g.Prices[0].Fault = fault }},
		{"journal", failing, "a fault", func(g *vitals.Glance, _ []signing.Address) { g.Faults.Journal = fault }},
		{"outbox", failing, "a fault", func(g *vitals.Glance, _ []signing.Address) { g.Faults.Outbox = fault }},
		{"store", failing, "a fault", func(g *vitals.Glance, _ []signing.Address) { g.Faults.Store = fault }},
		{"rows", failing, "a fault", func(g *vitals.Glance, _ []signing.Address) { g.Faults.Rows = fault }},
		{"backlog", warning, "5 prices wait", func(g *vitals.Glance, _ []signing.Address) { g.Machine.OldestIs = 6 * time.Minute }},
		{"backlog", warning, "the oldest for 2h0m0s", func(g *vitals.Glance, _ []signing.Address) { // one that can't be stored, others are
			g.Machine.OldestIs, g.Rounds.Idle = 2*time.Hour, 20*time.Minute
		}},
		{"backlog", failing, "none was stored for 30m0s", func(g *vitals.Glance, _ []signing.Address) {
			g.Machine.OldestIs, g.Rounds.Idle = 20*time.Minute, 30*time.Minute
		}},
		{"disk", warning, "3 MiB free", func(g *vitals.Glance, _ []signing.Address) { g.Machine.Free = 3 << 20 }},
		{"disk", warning, "a fault", func(g *vitals.Glance, _ []signing.Address) { g.Machine.FreeErr = fault }},
		{"key_file", warning, "a fault", func(g *vitals.Glance, _ []signing.Address) { g.Machine.KeyErr = fault }},
		{"database_role", warning, "DELETE on prices", func(g *vitals.Glance, _ []signing.Address) { g.Machine.Excess = []string{"DELETE on prices"} }},
	}
}

func spoilsOfNetwork(t *testing.T) []spoiled {
	t.Helper()
	self, other := known(t), addresses(t, 1)[0]
	return []spoiled{
		{"development_key", warning, "known development key", func(g *vitals.Glance, members []signing.Address) {
			g.Alarms = nil
			g.Policy.Self, g.Policy.Roster = self, consensus.NewRoster(append(members[1:], self)...)
		}},
		{"open_network", warning, "open network", func(g *vitals.Glance, _ []signing.Address) { g.Policy.Roster = consensus.NewRoster() }},
		{"membership", warning, "not in GP_SIGNERS", func(g *vitals.Glance, members []signing.Address) {
			g.Policy.Roster = consensus.NewRoster(append(members[1:], other)...)
		}},
		{"quorum_size", warning, "2 of 4, 3 are safe", func(g *vitals.Glance, _ []signing.Address) { g.Policy.Quorum = 2 }},
		{"stage_delay", warning, "GP_STAGEDELAY is too long", func(g *vitals.Glance, _ []signing.Address) { g.Policy.StageDelay = 11 * time.Minute }},
		{"settings_agree", warning, "what is found", alarm(consensus.SettingsDiffer, 0)},
		{"versions_agree", warning, "what is found", alarm(consensus.VersionDiffers, time.Hour)},
		{"members_heard", warning, "what is found", alarm(consensus.Silent, 0)},
		{"reception", warning, "what is found", alarm(consensus.OneSided, 0)},
		{"reception", warning, "what is found", alarm(consensus.ReceivesTooLittle, 0)},
		{"stores_agree", warning, "what is found", alarm(consensus.StoreDiffers, 0)},
		{"others", warning, "what is found", alarm(consensus.BacklogOld, 0)},
		{"others", warning, "what is found; what is found; what is found; and 1 more", func(g *vitals.Glance, members []signing.Address) {
			for range 4 {
				alarm(consensus.ClockOff, 0)(g, members)
			}
		}},
	}
}

// Each check finds what it is for, and no other check does.
func TestRules(t *testing.T) {
	t.Parallel()
	worst := make(map[string]api.CheckState)
	for _, s := range append(spoilsOfWork(), spoilsOfNetwork(t)...) {
		g, members := good(t)
		s.spoil(&g, members)
		for _, rule := range vitals.NodeRules() {
			c := rule.Check(rule.Judge(&g))
			switch {
			case rule.Name != s.check && c.State != api.CheckOK:
				t.Errorf("%s (%s): %s is %s, %s", s.check, s.says, c.Name, c.State, c.Detail)
			case rule.Name == s.check && (c.State != s.state || !strings.Contains(c.Detail, s.says) || c.Meaning == "" || c.Remedy == ""):
				t.Errorf("%s, want %s with %q: %+v", s.check, s.state, s.says, c)
			}
		}
		if worst[s.check] != failing {
			worst[s.check] = s.state
		}
	}
	for _, rule := range vitals.NodeRules() {
		if worst[rule.Name] != rule.Worst() {
			t.Errorf("%s: at worst %q, the table says %q", rule.Name, worst[rule.Name], rule.Worst())
		}
	}
}

// Where all is well nothing is told to be done.
func TestRulesWell(t *testing.T) {
	t.Parallel()
	g, _ := good(t)
	seen := make(map[string]bool)
	for _, rule := range vitals.NodeRules() {
		c := rule.Check(rule.Judge(&g))
		if c.State != api.CheckOK || c.Detail == "" || c.Meaning != "" || c.Remedy != "" || seen[c.Name] {
			t.Errorf("%+v", c)
		}
		seen[c.Name] = true
	}
	g.Peers = 6 // of a quorum of 667: gossip passes prices on
	g.Policy.Quorum, g.Members = 667, 700
	for _, rule := range vitals.NodeRules() {
		if v := rule.Judge(&g); v.State == failing {
			t.Errorf("%s: %+v", rule.Name, v)
		}
	}
}

func TestBootstrapRules(t *testing.T) {
	t.Parallel()
	g, _ := good(t)
	g.Bootstrap = true
	states := func() (names []string) {
		for _, rule := range vitals.BootstrapRules() {
			switch v := rule.Judge(&g); v.State {
			case api.CheckOK:
			case api.CheckWarning:
				names = append(names, rule.Name)
			case api.CheckFailing:
				t.Errorf("a bootstrap node that runs is ready: %+v", v)
			}
		}
		return names
	}
	if names := states(); len(names) > 0 {
		t.Errorf("not well: %v", names)
	}
	g.Peers, g.Machine.KeyErr, g.Policy.Self, g.Policy.Roster = 0, errors.New("exposed"), known(t), consensus.NewRoster()
	if names := strings.Join(states(), " "); names != "peers key_file development_key open_network" {
		t.Errorf("not well: %s", names)
	}
}

func TestFreeSpace(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if free, err := vitals.FreeSpace(folder); err != nil || free == 0 {
		t.Errorf("FreeSpace = %d, %v", free, err)
	}
	if _, err := vitals.FreeSpace(folder + "/none"); err == nil {
		t.Error("a folder that is not there has space")
	}
}
