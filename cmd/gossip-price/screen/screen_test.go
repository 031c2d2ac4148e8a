package screen_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/cmd/gossip-price/screen"
	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node/api"
)

// What is shown of a state, and what is not.
func TestRender(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change     func(*screen.State)
		have, lack []string
	}{
		"all is well": {
			func(*screen.State) {},
			[]string{
				"gossip-price  READY  http://node1:9000  v1.2.3  2026-01-01 12:00:00Z\n",
				"of network acme, up 2h13m\n", "clock     +3ms against the median of 3 others\n",
				"120 reached quorum and 2 were not co-signed", "; 3 peers\n",
				"store     0 prices waiting, last row of round 11:59:00Z\n", "checks    2 ok\n",
				"  ETH-USD  3270.54  12s    11:59:00Z  0.0305 %       4        4\n",
				"round 11:59:00Z: 1 price proposed, 1 with quorum, 1 stored, 0 refusals\n",
				"  0x1a2b3c4d ETH-USD 3270.54 by 0xf39F..2266: 1 signer, quorum in 800ms, stored\n",
				"network   nothing is wrong\n", "members   4 members\n",
				"  0xaa00..BB01  4.0s ago  self", "  0xaa00..BB00  4.0s ago  yes   v1.2.3    +3ms        0     100 %      3\n",
			},
			[]string{"not told", "STALE", "silent", "warning", "\x1b"},
		},
		"not ready, with a remedy": {
			func(s *screen.State) {
				s.Ready = false
				s.Problems = []api.Problem{{Name: "peers", Detail: "1, quorum needs 2"}, {Name: "odd", Detail: "no check knows it"}}
				s.Checks = append(s.Checks[1:], api.Check{
					Name: "peers", State: api.CheckFailing, Detail: "1, quorum needs 2", Meaning: "no price reaches quorum",
					Remedy: "open the port", Since: before(time.Minute),
				}, api.Check{Name: "disk", State: api.CheckWarning, Detail: "9 % free"})
			},
			[]string{
				"  NOT READY  ", "checks    1 ok, 1 warning, 1 failing\n", "  FAILING peers: 1, quorum needs 2 (since 11:59:00Z)\n",
				"means: no price reaches quorum\n", "do:    open the port\n", "  warning disk: 9 % free\n", "  not ready odd: no check knows it\n",
			},
			[]string{"not ready peers"},
		},
		"an older node": {
			func(s *screen.State) {
				s.Checks, s.Round, s.Latest, s.Ready = nil, nil, nil, false
				s.Problems = []api.Problem{{Name: "peers", Detail: "1, quorum needs 2"}}
				s.Missing = map[string]string{screen.PartChecks: "no such route", screen.PartRound: "none", screen.PartLatest + " ETH-USD": "404"}
			},
			[]string{
				"  not ready peers: 1, quorum needs 2\n", "checks    not told: no such route\n", "round     not told: none\n",
				"price ETH-USD not told: 404\n", "members   4 members\n",
			},
			[]string{"FAILING", "latest price"},
		},
		"a bootstrap node": {
			func(s *screen.State) {
				*s = screen.State{URL: s.URL, Time: s.Time, Version: s.Version, Ready: true, Missing: map[string]string{screen.PartNetwork: "a bootstrap node"}}
			},
			[]string{"  READY  ", "network   not told: a bootstrap node\n"},
			[]string{"members", "round"},
		},
		"no answer": {
			func(s *screen.State) { *s = screen.State{URL: s.URL, Time: s.Time, Error: "connection refused"} },
			[]string{"  NO ANSWER  ", "  connection refused\n"},
			[]string{"READY", "members"},
		},
		"a stale price and a refused one": {
			func(s *screen.State) {
				s.Latest[0].Stale = true
				p := &s.Round.Proposals[0]
				p.Quorum, p.Stored, p.Verified, p.InStore, p.Convicted = nil, nil, false, false, true
				p.Refusals = []api.Refused{{Reason: consensus.RefusedDeviation}}
			},
			[]string{
				"  STALE  ", "0 with quorum, 0 stored, 1 refusal\n",
				"1 signer, no quorum, convicted, refused by 1: price\n  deviates\n",
			},
			nil,
		},
		"a sick member": {
			func(s *screen.State) {
				m := &s.Network.Members[3]
				m.Silent, m.PeerID, m.Version, m.LastHeard = true, "", "v1.0.0", before(3*time.Minute+5*time.Second)
				m.Received[0].Prices, m.Backlog = []uint16{4, 4, 4, 0}, 17
				s.Network.Findings = []api.Finding{{Kind: consensus.Silent, Member: m.Address, Text: "it was last heard of", Since: *before(time.Minute)}}
			},
			[]string{
				"network   1 finding\n", "  it was last heard of, since 11:59:00Z\n", "4 members, 1 silent\n",
				"  0xaa00..bb03  3m05s ago  no    v1.0.0    +3ms       17      40 %      3\n",
			},
			nil,
		},
		"a wrong clock": {
			func(s *screen.State) {
				s.Network.Clock = api.Clock{Heard: 1, Needed: 2, Fault: "it was set"}
				s.Network.Members[0].ClockOffset = nil
			},
			[]string{"clock     1 of 2 clocks heard that it takes to tell; it was set\n"},
			nil,
		},
		"what others say is no control sequence": {
			func(s *screen.State) {
				s.Network.Members[0].Version = "v1\x1b[2J"
				s.Network.Findings = []api.Finding{{Text: "a\x1b]0;title\x07 b\u202e \u8def", Since: *before(0)}}
				s.Checks[0] = api.Check{Name: "x\r", State: api.CheckWarning, Detail: "\x1b[31m"}
			},
			[]string{"v1?[2J", "a?]0;title? b? ?"},
			[]string{"\x1b", "\r", "\x07", "\u202e"},
		},
	} {
		s := healthy(t)
		test.change(s)
		text := render(t, s, screen.Options{})
		for _, want := range test.have {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is not in\n%s", name, want, text)
			}
		}
		for _, other := range test.lack {
			if strings.Contains(text, other) {
				t.Errorf("%s: %q is in\n%s", name, other, text)
			}
		}
	}
}

// Colours change no word and no column.
func TestColors(t *testing.T) {
	t.Parallel()
	s := healthy(t)
	s.Ready, s.Checks[0].State, s.Checks[1].State, s.Network.Members[2].Silent = false, api.CheckFailing, api.CheckWarning, true
	s.Missing[screen.PartLatest+" BTC-USD"] = "404"
	plain := render(t, s, screen.Options{})
	colored := render(t, s, screen.Options{Color: true})
	codes := strings.Count(colored, "\x1b[")
	for _, code := range []string{"0", "1", "2", "32", "33", "1;31"} {
		colored = strings.ReplaceAll(colored, "\x1b["+code+"m", "")
	}
	if colored != plain || codes < 20 {
		t.Errorf("%d codes; without them\n%s\nwant\n%s", codes, colored, plain)
	}
}

// A node that is lost is shown as it was, with no word that it is well.
func TestLost(t *testing.T) {
	t.Parallel()
	text := render(t, healthy(t), screen.Options{Lost: "connection refused", Now: noon().Add(90 * time.Second)})
	if !strings.HasPrefix(text, "LOST for 1m30s connection refused; below is what it said last\ngossip-price  LOST  ") || strings.Contains(text, "READY") {
		t.Error(text)
	}
}

// Of a large network the node itself, those with something wrong and some of the others are shown, and how many are not.
func TestLarge(t *testing.T) {
	t.Parallel()
	s := healthy(t)
	for len(s.Network.Members) < 1000 {
		m := s.Network.Members[0]
		m.Address[5], m.Address[6] = byte(len(s.Network.Members)>>8), byte(len(s.Network.Members))
		m.Address[19] = 7
		s.Network.Members = append(s.Network.Members, m)
	}
	sick := &s.Network.Members[900]
	sick.Address[19], sick.Silent = 9, true
	for range 30 {
		s.Network.Findings = append(s.Network.Findings, api.Finding{Member: sick.Address, Text: "it is silent", Since: *before(0)})
	}
	for _, lines := range []int{0, 24, 40, 200} {
		text := render(t, s, screen.Options{Lines: lines})
		if !strings.Contains(text, "1000 members, 1 silent") || !strings.Contains(text, "  self ") || !strings.Contains(text, " more\n") {
			t.Errorf("on %d lines:\n%s", lines, text)
		}
		if lines != 24 && strings.Index(strings.ToLower(text), "bb09") > strings.Index(strings.ToLower(text), "bb07") {
			t.Errorf("on %d lines the sick member does not stand before the others:\n%s", lines, text)
		}
	}
}

// Whatever is answered, each line fits and moves no cursor, and there are no more of them than there is room for.
func TestRenderFits(t *testing.T) {
	t.Parallel()
	text := rapid.StringOfN(rapid.Rune(), 0, 300, -1)
	rapid.Check(t, func(r *rapid.T) {
		s := healthy(t)
		s.URL, s.Version, s.Ready = text.Draw(r, "url"), text.Draw(r, "version"), rapid.Bool().Draw(r, "ready")
		s.Network.Name, s.Network.Clock.Fault = text.Draw(r, "network"), text.Draw(r, "fault")
		s.Network.Members[1].Backlog = rapid.Uint64().Draw(r, "backlog")
		s.Network.Members[2].BacklogAge = rapid.Int64().Draw(r, "age")
		s.Network.Members[3].Version = text.Draw(r, "member version")
		s.Latest[0].Age, s.Latest[0].Spread = rapid.Int64().Draw(r, "age of the price"), rapid.Int64().Draw(r, "spread")
		for i := range rapid.IntRange(0, 20).Draw(r, "many") {
			s.Checks = append(s.Checks, api.Check{Name: text.Draw(r, "name"), Detail: text.Draw(r, "detail"), Remedy: text.Draw(r, "remedy")})
			s.Network.Findings = append(s.Network.Findings, api.Finding{Text: text.Draw(r, "finding")})
			s.Missing[screen.PartLatest+fmt.Sprint(i)+text.Draw(r, "missing pair")] = text.Draw(r, "missing")
			s.Round.Proposals = append(s.Round.Proposals, s.Round.Proposals[0])
			s.Round.Proposals[i].Pair = price.Pair(text.Draw(r, "proposal's pair"))
			s.Round.Proposals[i].Refusals = []api.Refused{{Reason: consensus.Refusal(text.Draw(r, "reason"))}}
			s.Latest = append(s.Latest, s.Latest[0])
			s.Latest[i].Pair = price.Pair(text.Draw(r, "pair"))
		}
		o := screen.Options{Columns: rapid.IntRange(60, 120).Draw(r, "columns"), Lines: rapid.SampledFrom([]int{0, 5, 24, 60}).Draw(r, "lines")}
		if rapid.Bool().Draw(r, "lost") {
			o.Lost, o.Now = text.Draw(r, "why"), noon()
		}
		render(t, s, o)
	})
}
