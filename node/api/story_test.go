package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global/price"
	"github.com/gossip-price/gossip-price/node/api"
)

// storyteller remembers some rounds of ten minutes; it notes what it was asked.
type storyteller struct {
	stories []api.Story
	err     error
	query   api.StoryQuery
	pair    price.Pair
}

func (*storyteller) Interval() time.Duration { return 10 * time.Minute }

func (s *storyteller) Story(_ context.Context, round consensus.Round, pair price.Pair) (api.Story, error) {
	s.pair = pair
	for _, story := range s.stories {
		if story.Round == round {
			return story, s.err
		}
	}
	return api.Story{}, fmt.Errorf("round %d: %w", round, errors.Join(api.ErrNotFound, s.err))
}

func (s *storyteller) Stories(_ context.Context, q api.StoryQuery) ([]api.Story, error) {
	s.query = q
	return s.stories, s.err
}

// told is a story with everything that one can have.
func told(t *testing.T) api.Story {
	t.Helper()
	own, at, writer := parsePrice(t, "2000"), consensus.Time(time.Unix(601, 5e8)), signing.Address{1}
	return api.Story{
		Round: 600, RoundTime: consensus.Time(time.Unix(600, 0)), Complete: true, Needed: 3, Members: 4, Silent: []signing.Address{{9}},
		Proposals: []api.Proposal{{
			ID: signing.Digest{1}, Pair: "ETH-USD", Price: own, Seen: &at, Quorum: &at, Stored: &at, Writer: &writer, Verified: true, InStore: true,
			Signers: []api.Signer{{Address: signing.Address{1}, Seen: &at}, {}},
			Refusals: []api.Refused{
				{Reason: consensus.RefusedDeviation, Seen: &at, OwnPrice: &own}, {Reason: consensus.RefusedUnknown},
			},
		}, {Price: own, Pair: "ETH-USD", Signers: []api.Signer{}, Refusals: []api.Refused{}}},
	}
}

type roundsNode struct {
	well
	*storyteller
}

func TestRounds(t *testing.T) {
	t.Parallel()
	s, url := serve(t)
	n := &storyteller{stories: []api.Story{told(t)}}
	expect := func(path string, status int, words ...string) {
		t.Helper()
		got := do(t, http.MethodGet, url+path)
		for _, w := range words {
			if got.status != status || !strings.Contains(got.body, w) {
				t.Errorf("%s: %d %s, want %d %s", path, got.status, got.body, status, w)
			}
		}
	}
	expect("/v1/rounds/600", http.StatusNotFound, "remembers no rounds")
	s.Attach(roundsNode{storyteller: n})
	var back api.Story
	if err := json.Unmarshal([]byte(do(t, http.MethodGet, url+"/v1/rounds/600?pair=ETH-USD").body), &back); err != nil || n.pair != "ETH-USD" {
		t.Fatalf("%v, pair %q", err, n.pair)
	}
	if again, err := json.Marshal(back); err != nil || !reflect.DeepEqual(json.RawMessage(again), marshal(t, told(t))) {
		t.Errorf("read back: %s, %v", again, err)
	}
	expect("/v1/rounds/601", http.StatusBadRequest, "rounds are 10m0s long", "600 (1970-01-01 00:10:00) and 1200 (1970-01-01 00:20:00)")
	expect("/v1/rounds/1200", http.StatusNotFound, `"detail":"round 1200: not found`)
	for _, bad := range []string{"now", "-600", "9223372036854775808", "0x600", "6e2", "%00", strings.Repeat("9", 900)} {
		expect("/v1/rounds/"+bad, http.StatusBadRequest, "want the unix second at which it starts")
	}
	expect("/v1/rounds?id=0x1a2B&pair=ETH-USD&limit=7", http.StatusOK, `{"rounds":[{"round":600,`, `"silent":["0x0900`)
	if want := (api.StoryQuery{ID: []byte{0x1a, 0x2b}, Pair: "ETH-USD", Limit: 7}); !reflect.DeepEqual(n.query, want) {
		t.Errorf("asked for %+v, want %+v", n.query, want)
	}
	n.stories = nil
	expect("/v1/rounds", http.StatusOK, `{"rounds":[]}`)
	expect("/v1/rounds?limit=501", http.StatusBadRequest, "want 1 to 500")
	n.err = fmt.Errorf("round 600: %w", api.ErrTooLong)
	expect("/v1/rounds/600", http.StatusBadRequest, "ask for one pair")
	expect("/v1/rounds?id=0x1a2b", http.StatusBadRequest, "ask for one pair")
}

func marshal(t *testing.T, v any) json.RawMessage {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
