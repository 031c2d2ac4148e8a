package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/node/api"
)

// stargazer sees a network that a test made.
type stargazer struct {
	well
	seen func() api.Network
}

func (s stargazer) Network() api.Network { return s.seen() }

func TestNetwork(t *testing.T) {
	t.Parallel()
	s, url := serve(t)
	got := do(t, http.MethodGet, url+"/v1/network")
	if got.status != http.StatusNotFound || !strings.Contains(got.body, "a bootstrap node") {
		t.Errorf("%d: %s", got.status, got.body)
	}
	offset, other := int64(-50), signing.Address{2}
	s.Attach(stargazer{seen: func() api.Network {
		return api.Network{
			Name: "gossip-price", Self: signing.Address{1}, Clock: api.Clock{Offset: &offset, Heard: 2, Needed: 2}, Interval: 15000,
			Members: []api.Member{{
				Address: signing.Address{1}, Connected: []int{1}, Received: []api.Received{{Rounds: 16, Prices: []uint16{0, 16}}},
			}, {Address: other, Silent: true, Connected: []int{}, Received: []api.Received{}}},
			Findings: []api.Finding{{Kind: consensus.OneSided, Member: signing.Address{1}, Other: &other, Text: "words"}},
		}
	}})
	got = do(t, http.MethodGet, url+"/v1/network")
	if got.status != http.StatusOK || got.header.Get("Content-Type") != "application/json" {
		t.Fatalf("%d: %s", got.status, got.body)
	}
	for _, part := range []string{
		`"network":"gossip-price"`, `"clock":{"offset":-50,"heard":2,"needed":2}`, `"heartbeat_interval":15000`, `"last_heard":null`,
		`"connected":[1],"received":[{"until":"0001-01-01T00:00:00.000Z","rounds":16,"first":0,"prices":[0,16]}]`,
		`"kind":"one-sided connection"`, `"other":"0x02`,
	} {
		if !strings.Contains(got.body, part) {
			t.Errorf("no %s in %s", part, got.body)
		}
	}
	var back api.Network
	if err := json.Unmarshal([]byte(got.body), &back); err != nil || len(back.Members) != 2 || !back.Members[1].Silent {
		t.Errorf("read back: %v, %+v", err, back)
	}
}

// One request at a time views the network; the others are told to come back.
func TestNetworkOneAtATime(t *testing.T) {
	t.Parallel()
	s, url := serve(t)
	entered, leave := make(chan struct{}), make(chan struct{})
	s.Attach(stargazer{seen: func() api.Network {
		close(entered)
		<-leave
		return api.Network{}
	}})
	first := make(chan int)
	go func() { first <- do(t, http.MethodGet, url+"/v1/network").status }()
	<-entered
	got := do(t, http.MethodGet, url+"/v1/network")
	if got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") != "1" {
		t.Errorf("beside another one: %d %v", got.status, got.header)
	}
	close(leave)
	if status := <-first; status != http.StatusOK {
		t.Errorf("the first one: %d", status)
	}
}
