package screen_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/gossip-price/gossip-price/cmd/gossip-price/screen"
	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/node/api"
)

// noon is when all states of the tests were asked for.
func noon() time.Time { return time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC) }

// before returns an instant so long before noon.
func before(d time.Duration) *consensus.Time {
	t := consensus.Time(noon().Add(-d))
	return &t
}

func member(n byte) signing.Address { return signing.Address{0xaa, 18: 0xbb, 19: n} }

// healthy returns what a node of a network of four answers when all is well.
func healthy(t *testing.T) *screen.State {
	t.Helper()
	ahead := int64(3)
	s := &screen.State{
		URL: "http://node1:9000", Time: consensus.Time(noon()), Version: "v1.2.3", Ready: true,
		Checks: []api.Check{{Name: "peers", State: api.CheckOK, Detail: "3 peers"}, {Name: "store", State: api.CheckOK, Detail: "can be written"}},
		Network: &api.Network{
			Time: consensus.Time(noon()), Name: "acme", Self: member(1), Clock: api.Clock{Offset: &ahead, Heard: 3, Needed: 2},
		},
		Missing: map[string]string{},
	}
	for n := range byte(4) {
		m := api.Member{
			Address: member(n), LastHeard: before(4 * time.Second), Started: before(2*time.Hour + 13*time.Minute), Version: "v1.2.3",
			ClockOffset: &ahead, LastRow: before(time.Minute), Quorums: 120, Refusals: 2, Peers: 3, PeerID: "16Uiu2",
			Received: []api.Received{{Rounds: 10, First: 0, Prices: []uint16{10, 10, 10, 10}}},
		}
		m.Received[0].Prices[n] = 0
		s.Network.Members = append(s.Network.Members, m)
	}
	s.Latest = []api.Latest{decode[api.Latest](t, `{"pair":"ETH-USD","price":"3270.54","round_time":"2026-01-01T11:59:00.000Z","age":12345,
		"count":4,"lowest":"3270","highest":"3271","spread":305,"signers":4}`)}
	round := decode[api.Story](t, `{"round":1767268740,"round_time":"2026-01-01T11:59:00.000Z","complete":true,"proposals":[
		{"id":"0x1a2b3c4d00000000000000000000000000000000000000000000000000000000","pair":"ETH-USD","price":"3270.54",
		"first_signer":"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266","observed_time":"2026-01-01T11:59:00.100Z",
		"signers":[{"address":"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"}],"refusals":[],
		"verified":true,"in_store":true,"quorum":"2026-01-01T11:59:00.900Z","stored":"2026-01-01T11:59:40.000Z"}]}`)
	s.Round = &round
	return s
}

func decode[T any](t *testing.T, text string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// render shows a state on a screen of the usual width, and checks that it fits.
func render(t *testing.T, s *screen.State, o screen.Options) string {
	t.Helper()
	if o.Columns == 0 {
		o.Columns = 100
	}
	text := screen.Render(s, o)
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for _, line := range lines {
		if strings.ContainsFunc(line, unicode.IsControl) && !o.Color {
			t.Errorf("control characters in %q", line)
		}
		if n := len([]rune(line)); n > o.Columns && !o.Color {
			t.Errorf("a line of %d columns, want %d: %s", n, o.Columns, line)
		}
	}
	if o.Lines > 0 && len(lines) > o.Lines {
		t.Errorf("%d lines, want %d", len(lines), o.Lines)
	}
	return text
}
