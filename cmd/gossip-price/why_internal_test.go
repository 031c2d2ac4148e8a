package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node/api"
)

// sampleStory is that of a round with a stored price, one that most refused, and one on its way.
func sampleStory(t *testing.T) api.Story {
	t.Helper()
	round := consensus.Round(1_795_804_440)
	at := func(ms int) *consensus.Time {
		moment := consensus.Time(round.Start().Add(time.Duration(ms) * time.Millisecond))
		return &moment
	}
	number := func(text string) price.Price {
		p, err := price.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	a, b, c, d, e := signing.Address{0xa}, signing.Address{0xb}, signing.Address{0xc}, signing.Address{0xd}, signing.Address{0xe}
	own := number("3300.1")
	return api.Story{
		Round: round, RoundTime: *at(0), Self: a, Needed: 3, Members: 6, Silent: []signing.Address{e},
		Proposals: []api.Proposal{{
			ID: signing.Digest{0x1a, 0x2b}, Pair: "ETH-USD", Price: number("3270.54"), FirstSigner: b, ObservedTime: *at(1234), Seen: at(1290),
			Signers:  []api.Signer{{Address: b, Seen: at(1290)}, {Address: a, Seen: at(1345)}, {Address: c, Seen: at(1400)}},
			Verified: true, Quorum: at(1400), InStore: true, Stored: at(46_000), Writer: &c,
		}, {
			ID: signing.Digest{0x2a}, Pair: "ETH-USD", Price: number("3000"), FirstSigner: d, ObservedTime: *at(1300), Seen: at(1310),
			Signers: []api.Signer{{Address: d, Seen: at(1310)}, {Address: c, Seen: at(1500)}},
			Refusals: []api.Refused{
				{Address: a, Reason: consensus.RefusedDeviation, Seen: at(1400), OwnPrice: &own},
				{Address: b, Reason: consensus.RefusedDeviation, Seen: at(14_010)},
			},
		}, {
			ID: signing.Digest{0x3a}, Pair: "BTC-USD", Price: number("90000"), FirstSigner: c, ObservedTime: *at(1300), Verified: true, Convicted: true,
			Signers: []api.Signer{{Address: c}, {Address: b}, {Address: d}},
		}},
	}
}

func TestWriteStory(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := writeStory(&out, sampleStory(t), asked{}); err != nil {
		t.Fatal(err)
	}
	const want = `Round 2026-11-27 18:34:00, ETH-USD: 2 proposals, 1 verified, 1 stored.
Not heard of at the time: 0x0E000000.

  3270.54 of 0x0B000000, id 0x1a2b0000: stored
    proposed  at 18:34:01.234 by its own clock, here at 18:34:01.290
    signed    0x0a000000 (this node) after 55 ms, 0x0c000000 after 110 ms
    quorum    after 110 ms; 3 signers by now
    row       written by 0x0c000000; known to be in the price store at 18:34:46.000

  3000 of 0x0d000000, id 0x2a000000: not verified
    proposed  at 18:34:01.300 by its own clock, here at 18:34:01.310
    signed    0x0c000000 after 190 ms
    refused   0x0a000000 (this node) after 90 ms: price deviates, 3000, own price 3300.1
    refused   0x0B000000 after 12.7s: price deviates, by its own word ('gossip-price refusals' of that node has its price)
    no quorum 2 of 3 signers; 0x0a000000 (this node), 0x0B000000 refused; 0x0E000000 was not heard; 1 more has not signed, or not been asked yet

Round 2026-11-27 18:34:00, BTC-USD: 1 proposal, 1 verified, 0 stored.
Not heard of at the time: 0x0E000000.

  90000 of 0x0c000000, id 0x3a000000: verified
    proposed  at 18:34:01.300 by its own clock, when it came here is not known
    signed    0x0B000000, 0x0d000000
    convicted its proposer signed two prices for the round: nobody signs either any more, 'gossip-price evidence' has the proof
    quorum    3 signers by now
    row       none yet: written when no signature has come for the settle period
`
	if got := out.String(); got != want {
		t.Errorf("told:\n%s\nwant:\n%s", got, want)
	}
}

// Asked by its id, one price is told, and all of the round's are counted.
func TestWriteStoryOfOne(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := writeStory(&out, sampleStory(t), asked{id: "0x2a"}); err != nil {
		t.Fatal(err)
	}
	got := out.String()
	if !strings.HasPrefix(got, "Round 2026-11-27 18:34:00, ETH-USD: 2 proposals, 1 verified, 1 stored.\n") ||
		!strings.Contains(got, "id 0x2a000000") || strings.Contains(got, "id 0x1a2b0000") || strings.Contains(got, "BTC-USD") {
		t.Errorf("told:\n%s", got)
	}
}

func TestParseAsked(t *testing.T) {
	t.Parallel()
	for what, want := range map[string]asked{
		"": {}, "1795804440": {round: "1795804440"}, "2026-11-27T18:34:00Z": {round: "1795804440"}, "2026-11-27T19:34:00+01:00": {round: "1795804440"},
		"0x1a2B3c4d": {id: "0x1a2b3c4d"}, "0X1a": {id: "0x1a"}, "0x" + strings.Repeat("ab", 32): {id: "0x" + strings.Repeat("ab", 32)},
	} {
		if got, err := parseAsked(what); err != nil || got != want {
			t.Errorf("%q: %+v, %v", what, got, err)
		}
	}
	for _, what := range []string{"now", "-1", "0x", "0x1", "0xzz", "1a2b", "0x" + strings.Repeat("ab", 33), "1e9", "../../v1/network", "9999999999999999999"} {
		if got, err := parseAsked(what); !errors.Is(err, errUsage) {
			t.Errorf("%q: %+v, %v", what, got, err)
		}
	}
}

// A price that the node does not remember is found in its price store by its whole id.
func TestWhyOfOld(t *testing.T) {
	t.Parallel()
	id := "0x" + strings.Repeat("ab", 32)
	node := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/v1/rounds":
			_, _ = w.Write([]byte(`{"rounds":[]}`))
		case "/v1/prices/" + id:
			_, _ = w.Write([]byte(`{"id":"` + id + `","network":"n","pair":"ETH-USD","price":"3000","first_signer":"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
				"sign_data":[],"round_time":"2026-01-02T03:00:00.000Z","observed_time":"2026-01-02T03:00:01.000Z","lastsigned_time":"2026-01-02T03:00:01.000Z",
				"created_time":"2026-01-02T03:00:40.000Z","stored":true}`))
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	defer node.Close()
	p, stdout, stderr := screenOf(t, false)
	if code := p.run(t.Context(), []string{"why", id, "--url", node.URL}); code != 0 ||
		!strings.Contains(stdout(), "Round 2026-01-02 03:00:00, ETH-USD:\n") || !strings.Contains(stdout(), "in the price store") {
		t.Errorf("exit code %d: %s%s", code, stdout(), stderr())
	}
	for arg, want := range map[string]string{
		"0xabab": "finds older prices by their whole id", "0x" + strings.Repeat("cd", 32): "this node does not remember the price: ask node: 404",
		"": "has seen no price yet", "600": "404 Not Found",
	} {
		p, _, stderr := screenOf(t, false)
		if code := p.run(t.Context(), []string{"why", arg, "--url", node.URL}); code != 1 || !strings.Contains(stderr(), want) {
			t.Errorf("why %s: exit code %d: %s", arg, code, stderr())
		}
	}
}
